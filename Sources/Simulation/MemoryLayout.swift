import Hardware
import SimCore
import Workload

/// Where weights, activations, caches and PIM operands lie in memory.
///
/// Weights and activations fill the address space from 0; they cover whole row numbers of all banks. Above them lie two
/// rows for PIM operands, then the caches, in blocks that requests are given as they grow (`CachePool`).
///
/// With PIM the caches of a request lie in its channel, in rows that are allocated in all banks of the channel together
/// (a *PIM row*): keys with token t in bank t mod B and as many heads of one token to a row as fit; values transposed,
/// with dimension d in bank d mod B and one row of tokens. A block is a PIM row for each layer; a page of keys is B
/// tokens, a page of values a row of tokens for each dimension of each head.
/// Without PIM the caches are spread over all channels. A block is a page: keys and values of all heads and layers for
/// as many tokens as make whole tiles of the arrays; in it, each head's tokens lie together.
struct MemoryLayout: Sendable {
    let machine: Machine
    let shard: ModelShard
    let map: AddressMap
    let rowElements: Int
    let banks: Int
    private let layers: Int
    /// The blocks of each request.
    var caches: CachePool
    /// First PIM row of the operands, and of the caches.
    private let operandRow: Int
    private let cacheRow: Int
    /// First byte of caches that are spread over the channels.
    private let cacheBase: Int
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

    /// A layout without caches.
    ///
    /// - Parameters:
    ///   - requests: how many there are in all.
    ///   - tokens: the most that one step computes.
    /// - Throws: `CapacityError` when the weights alone do not fit.
    init(machine: Machine, shard: ModelShard, layers: Int, requests: Int, tokens: Int) throws(CapacityError) {
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
        operandRow = (linearBytes + perRowNumber - 1) / perRowNumber
        cacheRow = operandRow + Self.operandRows
        cacheBase = linearBytes
        operandSlot = [Int](repeating: 0, count: memory.channels)
        let shape = Self.cacheShape(machine, shard)
        if memory.pim != nil {
            let rows = memory.organization.rows - cacheRow
            caches = CachePool(
                shape: shape, pools: memory.channels, blocksPerPool: max(0, rows / layers), requests: requests)
            if rows < 0 { throw overflow(blocks: 0, channel: 0) }
        } else {
            let block = Self.pageTokens(machine) * 2 * shard.keyWidth * Self.elementBytes * layers
            let room = memory.capacityBytes - linearBytes
            caches = CachePool(shape: shape, pools: 1, blocksPerPool: max(0, room / block), requests: requests)
            if room < 0 { throw overflow(blocks: 0, channel: nil) }
        }
    }

    /// Gives each request, in order, the caches that it will need at its longest.
    ///
    /// - Throws: `CapacityError` when they do not fit; without PIM the channels mean nothing.
    mutating func reserve(_ requests: [(channel: Int, finalContext: Int)]) throws(CapacityError) {
        let hasChannels = machine.memory.pim != nil
        var needed = [Int](repeating: 0, count: caches.pools)
        for request in requests {
            needed[hasChannels ? request.channel : 0] += caches.shape.blocks(forTokens: request.finalContext)
        }
        for (pool, blocks) in needed.enumerated() where blocks > caches.blocksPerPool {
            throw overflow(blocks: blocks, channel: hasChannels ? pool : nil)
        }
        for (index, request) in requests.enumerated() {
            caches.place(index, in: hasChannels ? request.channel : 0)
            let fits = caches.grow(index, toTokens: request.finalContext)
            precondition(fits, "what all requests need was there")
        }
    }

    private func overflow(blocks: Int, channel: Int?) -> CapacityError {
        let memory = machine.memory
        guard channel != nil else {
            return CapacityError(
                neededBytes: cacheBase + blocks * blockBytes, capacityBytes: memory.capacityBytes,
                weightBytes: weightBytes, channel: nil)
        }
        return CapacityError(
            neededBytes: (cacheRow + blocks * layers) * banks * memory.organization.rowBytes,
            capacityBytes: memory.organization.channelBytes, weightBytes: weightBytes / memory.channels,
            channel: channel)
    }

    /// Bytes of memory that a block takes.
    var blockBytes: Int {
        machine.memory.pim != nil ? banks * machine.memory.organization.rowBytes * layers : 2 * pageBytes * layers
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

    private static let operandRows = 2

    // MARK: Shapes of the caches in a channel

    /// Key heads of a token that share a row.
    var headsPerRow: Int { max(1, min(shard.kvHeads, rowElements / shard.model.headSize)) }
    /// Rows across the key heads of one token.
    var keyChunks: Int { (shard.kvHeads + headsPerRow - 1) / headsPerRow }
    func keyTiles(_ context: Int) -> Int { (context + banks - 1) / banks }
    func valueChunks(_ context: Int) -> Int { (context + rowElements - 1) / rowElements }
    var valueTiles: Int { (shard.model.headSize + banks - 1) / banks }

    /// Keys and values grow by themselves in a channel, together where they are spread over all channels.
    private static func cacheShape(_ machine: Machine, _ shard: ModelShard) -> CacheShape {
        guard machine.memory.pim != nil else {
            return CacheShape(parts: [.init(tokens: pageTokens(machine), blocks: 1)])
        }
        let organization = machine.memory.organization
        let rowElements = organization.rowBytes / elementBytes
        let headsPerRow = max(1, min(shard.kvHeads, rowElements / shard.model.headSize))
        let valueTiles = (shard.model.headSize + organization.banks - 1) / organization.banks
        return CacheShape(parts: [
            .init(tokens: organization.banks, blocks: (shard.kvHeads + headsPerRow - 1) / headsPerRow),
            .init(tokens: rowElements, blocks: shard.kvHeads * valueTiles),
        ])
    }

    /// Row that holds a tile of a request's keys.
    func keyRow(request: Int, layer: Int, tile: Int, chunk: Int) -> Int {
        cacheRow + caches.block(request: request, part: 0, piece: tile * keyChunks + chunk) * layers + layer
    }

    /// Row that holds a tile of one value head, for one run of tokens.
    func valueRow(request: Int, layer: Int, head: Int, tile: Int, chunk: Int) -> Int {
        let piece = (chunk * shard.kvHeads + head) * valueTiles + tile
        return cacheRow + caches.block(request: request, part: 1, piece: piece) * layers + layer
    }

    // MARK: Transfers

    /// A place for an operand of `bytes` in a channel: bank, row, and the bursts to write.
    mutating func operandPlace(channel: Int, bytes: Int) -> (bank: Int, row: Int, transfer: Program.Transfer) {
        let slot = operandSlot[channel]
        operandSlot[channel] = (slot + 1) % (banks * Self.operandRows)
        let bank = slot % banks
        let row = operandRow + slot / banks
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

    /// Tokens of a page of caches that are spread over the channels: whole tiles of keys (tokens along the columns of an
    /// array) and of values (along its rows).
    private static func pageTokens(_ machine: Machine) -> Int {
        let arrays = machine.npu.arrays
        var (a, b) = (arrays.rows, arrays.columns)
        while b != 0 { (a, b) = (b, a % b) }
        return arrays.rows / a * arrays.columns
    }

    var pageTokens: Int { Self.pageTokens(machine) }
    /// Bytes of a page of the keys, or of the values, of one layer.
    private var pageBytes: Int { pageTokens * shard.keyWidth * Self.elementBytes }

    /// Bytes in the page that holds `token` of a request's keys or values, when caches are spread over the channels.
    ///
    /// - Parameter offset: within the page; the bytes do not go beyond it.
    mutating func spreadCache(
        request: Int, layer: Int, isValue: Bool, token: Int, offset: Int, bytes: Int
    ) -> Program.Transfer {
        if machine.execution.addresses == .linearStream { return nextLinear(bytes) }
        assert(offset + bytes <= pageBytes, "a transfer stays within its page")
        let block = caches.block(request: request, part: 0, piece: token / pageTokens)
        return span(cacheBase + block * blockBytes + (2 * layer + (isValue ? 1 : 0)) * pageBytes + offset, bytes)
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
