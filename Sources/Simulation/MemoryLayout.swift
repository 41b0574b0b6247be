import Hardware
import SimCore
import Workload

/// Where weights, activations, caches and PIM operands lie in memory.
///
/// Weights and activations fill the address space from 0; they cover whole row numbers of all banks. The caches of
/// each request lie above them in its channel, in rows that are allocated in all banks of the channel together (a *PIM
/// row*): keys with token t in bank t mod B and as many heads of one token to a row as fit; values transposed, with
/// dimension d in bank d mod B and one row of tokens. The rows above the caches hold PIM operands.
/// Without PIM the caches are spread over all channels, after the weights.
struct MemoryLayout: Sendable {
    let machine: Machine
    let shard: ModelShard
    let map: AddressMap
    let rowElements: Int
    let banks: Int
    private let layers: Int
    /// First PIM row of the caches.
    private let cacheRow: Int
    private var requestRow: [Int] = []
    private var rowsPerLayer: [Int] = []
    private var requestBase: [Int] = []
    private var operandRow: [Int]
    private var operandSlot: [Int]
    private var linear = 0
    private var activationNext = 0
    /// Where the weights of each layer begin; behind the last, where those outside of the layers do.
    private let layerWeights: [Int]
    private let weightBytes: Int
    private let activationBytes: Int

    static let elementBytes = 2
    /// The published simulator's address counter wraps here: 10·E²/TP bytes.
    private let linearLimit: Int

    /// Lays out `requests`, whose caches grow to `finalContext`.
    ///
    /// - Parameter tokens: the most that one step computes.
    /// - Throws: `CapacityError` when weights and caches do not fit.
    init(machine: Machine, shard: ModelShard, layers: Int, requests: [(channel: Int, finalContext: Int)], tokens: Int)
        throws(CapacityError)
    {
        self.machine = machine
        self.shard = shard
        self.layers = layers
        let memory = machine.memory
        map = AddressMap(organization: memory.organization, order: memory.addressOrder)
        rowElements = memory.organization.rowBytes / Self.elementBytes
        banks = memory.organization.banks
        let hidden = shard.model.hiddenSize
        linearLimit = max(1, 10 * hidden * hidden / shard.ways)
        layerWeights = Self.layerStarts(shard, layers)
        weightBytes = layerWeights[layers] + Int(shard.embeddingBytes.count)
        // Room for the largest operator's inputs and outputs, twice, should they not stay on chip.
        let expertWidth = (shard.model.experts?.ffnSize ?? 0) / shard.ways
        let widest = max(3 * shard.queryWidth, 2 * shard.ffnSize, 2 * expertWidth, hidden)
        activationBytes = 4 * tokens * (hidden + widest) * Self.elementBytes
        let perRowNumber = memory.channels * banks * memory.organization.rowBytes
        let linearBytes = weightBytes + activationBytes
        cacheRow = (linearBytes + perRowNumber - 1) / perRowNumber
        operandRow = [Int](repeating: 0, count: memory.channels)
        operandSlot = [Int](repeating: 0, count: memory.channels)
        let needed: Int
        if memory.pim != nil {
            needed = try placeInChannels(requests)
        } else {
            needed = placeSpread(requests, from: linearBytes)
        }
        guard needed <= memory.capacityBytes else {
            throw CapacityError(
                neededBytes: needed, capacityBytes: memory.capacityBytes, weightBytes: weightBytes, channel: nil)
        }
    }

    /// Dense layers are alike, and so are sparse ones.
    private static func layerStarts(_ shard: ModelShard, _ layers: Int) -> [Int] {
        var sizes: [Bool: Int] = [:]
        var starts = [0]
        for layer in 0..<layers {
            let isMixture = shard.model.isMixture(layer: layer)
            let size = sizes[isMixture] ?? Int(shard.weightBytes(layer: layer).count)
            sizes[isMixture] = size
            starts.append(starts[layer] + size)
        }
        return starts
    }

    private mutating func placeInChannels(
        _ requests: [(channel: Int, finalContext: Int)]
    ) throws(CapacityError) -> Int {
        let organization = machine.memory.organization
        var next = [Int](repeating: cacheRow, count: machine.memory.channels)
        for request in requests {
            let rows = keyRows(request.finalContext) + valueRows(request.finalContext)
            requestRow.append(next[request.channel])
            rowsPerLayer.append(rows)
            next[request.channel] += rows * layers
        }
        // Operands: two row numbers of every bank.
        for channel in next.indices {
            operandRow[channel] = next[channel]
            let top = next[channel] + Self.operandRows
            guard top <= organization.rows else {
                let perRow = banks * organization.rowBytes
                throw CapacityError(
                    neededBytes: top * perRow, capacityBytes: organization.channelBytes,
                    weightBytes: weightBytes / machine.memory.channels, channel: channel)
            }
        }
        return 0
    }

    private static let operandRows = 2

    private mutating func placeSpread(_ requests: [(channel: Int, finalContext: Int)], from start: Int) -> Int {
        var next = start
        for request in requests {
            requestBase.append(next)
            next += 2 * request.finalContext * shard.keyWidth * Self.elementBytes * layers
        }
        return next
    }

    // MARK: Shapes of the caches in a channel

    /// Key heads of a token that share a row.
    var headsPerRow: Int { max(1, min(shard.kvHeads, rowElements / shard.model.headSize)) }
    /// Rows across the key heads of one token.
    var keyChunks: Int { (shard.kvHeads + headsPerRow - 1) / headsPerRow }
    func keyTiles(_ context: Int) -> Int { (context + banks - 1) / banks }
    func valueChunks(_ context: Int) -> Int { (context + rowElements - 1) / rowElements }
    var valueTiles: Int { (shard.model.headSize + banks - 1) / banks }
    private func keyRows(_ context: Int) -> Int { keyTiles(context) * keyChunks }
    private func valueRows(_ context: Int) -> Int { shard.kvHeads * valueTiles * valueChunks(context) }

    /// Row that holds a tile of a request's keys.
    func keyRow(request: Int, layer: Int, tile: Int, chunk: Int) -> Int {
        requestRow[request] + rowsPerLayer[request] * layer + tile * keyChunks + chunk
    }

    /// Row that holds a tile of one value head, for one run of tokens.
    func valueRow(request: Int, layer: Int, finalContext: Int, head: Int, tile: Int, chunk: Int) -> Int {
        requestRow[request] + rowsPerLayer[request] * layer + keyRows(finalContext)
            + (head * valueTiles + tile) * valueChunks(finalContext) + chunk
    }

    // MARK: Transfers

    /// A place for an operand of `bytes` in a channel: bank, row, and the bursts to write.
    mutating func operandPlace(channel: Int, bytes: Int) -> (bank: Int, row: Int, transfer: Program.Transfer) {
        let slot = operandSlot[channel]
        operandSlot[channel] = (slot + 1) % (banks * Self.operandRows)
        let bank = slot % banks
        let row = operandRow[channel] + slot / banks
        return (bank, row, rowTransfer(channel: channel, bank: bank, row: row, column: 0, bytes: bytes))
    }

    func rowTransfer(channel: Int, bank: Int, row: Int, column: Int, bytes: Int) -> Program.Transfer {
        let burst = machine.memory.organization.burstBytes
        return Program.Transfer(
            base: map.burst(bank: bank, row: row, column: column), bursts: (bytes + burst - 1) / burst,
            channel: channel)
    }

    /// `bytes` of weights, at `offset` within the weights of a layer.
    mutating func weights(layer: Int, offset: Int, bytes: Int) -> Program.Transfer {
        if machine.execution.addresses == .linearStream { return nextLinear(bytes) }
        return span(layerWeights[layer] + offset, bytes)
    }

    /// `bytes` of embedding or head weights, at `offset` within them.
    mutating func embedding(offset: Int, bytes: Int) -> Program.Transfer {
        if machine.execution.addresses == .linearStream { return nextLinear(bytes) }
        return span(layerWeights[layers] + offset, bytes)
    }

    /// The next `bytes` of the activation area, which is used round and round.
    mutating func activations(_ bytes: Int) -> Program.Transfer {
        if machine.execution.addresses == .linearStream { return nextLinear(bytes) }
        if activationNext + bytes > activationBytes { activationNext = 0 }
        defer { activationNext += bytes }
        return span(weightBytes + activationNext, min(bytes, activationBytes))
    }

    /// Part of a request's keys (first half) or values (second half), when caches are spread over the channels.
    mutating func spreadCache(
        request: Int, layer: Int, finalContext: Int, isValue: Bool, offset: Int, bytes: Int
    ) -> Program.Transfer {
        if machine.execution.addresses == .linearStream { return nextLinear(bytes) }
        let half = finalContext * shard.keyWidth * Self.elementBytes
        return span(requestBase[request] + (2 * layer + (isValue ? 1 : 0)) * half + offset, bytes)
    }

    private mutating func nextLinear(_ bytes: Int) -> Program.Transfer {
        if linear >= linearLimit { linear = 0 }
        defer { linear += bytes }
        return span(linear, bytes)
    }

    /// The bursts that hold bytes `start ..< start + bytes` of the address space.
    private func span(_ start: Int, _ bytes: Int) -> Program.Transfer {
        let burst = machine.memory.organization.burstBytes
        let first = start / burst
        return Program.Transfer(base: first, bursts: max(1, (start + bytes + burst - 1) / burst - first))
    }
}

/// Weights and caches are larger than the memory.
public struct CapacityError: Error, Sendable, Equatable {
    public var neededBytes: Int
    public var capacityBytes: Int
    public var weightBytes: Int
    /// The channel that overflows; `nil`: the memory as a whole.
    public var channel: Int?
}
