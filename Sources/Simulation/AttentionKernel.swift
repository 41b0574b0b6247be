import Hardware
import SimCore

/// Decode attention of one token on the PIM units of one channel, alone on it: what a PIM level or a preset is worth.
///
/// The heads of the channel follow one another. For each head: the query comes into the operand buffer; every row of keys
/// gives a sum for each token and bank; softmax, off the channel, takes its time from the last sum on; the weights come
/// into the operand buffer a row at a time, and every row of values gives its sums. Keys lie densely: as many tokens to a
/// bank's row as fit, token after token over the banks. Values lie transposed, a dimension to a bank, a row of tokens to
/// a bank's row. Every dot-product is a command of its own. The data of the caches is in place; nothing else runs.
public struct AttentionKernel: Sendable {
    public var memory: MemorySystem
    /// Heads that the channel computes, each with keys and values of its own.
    public var heads: Int
    public var headSize: Int
    public var context: Int
    /// Clocks of the softmax unit for every 256 logits (AttAcc simulator: 16).
    public var softmaxClocks: Int

    public init(memory: MemorySystem, heads: Int, headSize: Int, context: Int, softmaxClocks: Int = 16) {
        precondition(memory.pim != nil, "the kernel runs on PIM units")
        self.memory = memory
        self.heads = heads
        self.headSize = headSize
        self.context = context
        self.softmaxClocks = softmaxClocks
    }

    /// What the channel did.
    public struct Result: Sendable, Equatable {
        /// Clocks from the first command to the last result at the pins.
        public var clocks: Int
        public var dotProducts: Int
        /// Clocks that the dot-products take at the least: their number times their interval.
        public var boundClocks: Int
        public var activations: Int
        public var refreshes: Int
        public var statistics: ChannelStatistics
    }

    /// Dot-products that a header announces at most, so that refreshes find a place between headers.
    private static let announced = 256

    private var pim: PIMUnits { memory.pim! }
    private var rowElements: Int { memory.organization.rowBytes / MemoryLayout.elementBytes }
    private var banks: Int { memory.organization.banks }
    private func pieces(_ whole: Int, _ part: Int) -> Int { (whole + part - 1) / part }
    private func dots(_ elements: Int) -> Int { pieces(elements, pim.multipliersPerBank) * memory.banksPerPIMUnit }

    public func run() -> Result {
        let device = memory.device
        var channel = Channel(
            device: device, profile: memory.controller, pim: pim.timing, addressOrder: memory.addressOrder)
        let perClock = device.standard.ticksPerClock
        var start = 0
        var row: Int32 = 0
        for _ in 0..<heads {
            var logits = keys(&row)
            var attend = values(&row)
            // An operand from the data bus may come after the header: the rows open while softmax is under way.
            if pim.operandSource == .dataBus { logits.append(attend.removeFirst()) }
            channel.enqueue(pim: logits, arrival: start)
            let scored = finish(&channel)
            let softmax = pieces(context, 256) * softmaxClocks * perClock
            channel.enqueue(pim: attend, arrival: scored + softmax)
            start = finish(&channel)
        }
        let statistics = channel.statistics
        return Result(
            clocks: pieces(start, perClock), dotProducts: statistics.dotProducts,
            boundClocks: statistics.dotProducts * pim.timing.nDOT / perClock,
            activations: statistics.count(.pimActivate), refreshes: statistics.count(.refab), statistics: statistics)
    }

    /// Runs until everything sent has its answer; the tick of the last one.
    private func finish(_ channel: inout Channel) -> Int {
        var last = 0
        channel.run(until: .max, pause: .whenAnswered)
        for completion in channel.takeCompletions() { last = max(last, completion.cycle) }
        return last
    }

    private func operand(_ elements: Int) -> PIMOperation {
        guard pim.operandSource == .dataBus else { return PIMOperation(.pimGwrite, row: 0, bank: 0) }
        let slot = memory.organization.burstBytes * memory.device.dataBuses
        return PIMOperation(
            .pimWrite, row: 0, dotProducts: Int16(pieces(elements * MemoryLayout.elementBytes, slot)))
    }

    /// Sums of every key with the query, a row of all banks after the other.
    private func keys(_ row: inout Int32) -> [PIMOperation] {
        var operations: [PIMOperation] = []
        let rowsPerToken = pieces(headSize, rowElements)
        let tokensPerRow = max(1, rowElements / headSize)
        var left = pieces(context, banks)
        while left > 0 {
            let tokens = min(left, tokensPerRow)
            for part in 0..<rowsPerToken {
                let elements = min(rowElements, headSize - part * rowElements)
                // A head that is larger than a row has an operand for each part of it.
                let needed = operations.isEmpty || rowsPerToken > 1 ? operand(elements) : nil
                appendSums(tokens, of: dots(elements), in: row, with: needed, to: &operations)
                row += 1
            }
            left -= tokens
        }
        return operations
    }

    /// Weighted sums of the values, a row of all banks after the other.
    private func values(_ row: inout Int32) -> [PIMOperation] {
        var operations: [PIMOperation] = []
        for first in stride(from: 0, to: context, by: rowElements) {
            let tokens = min(rowElements, context - first)
            for tile in 0..<pieces(headSize, banks) {
                appendSums(1, of: dots(tokens), in: row, with: tile == 0 ? operand(tokens) : nil, to: &operations)
                row += 1
            }
        }
        return operations
    }

    /// `count` sums of `length` dot-products each in one row, announced in pieces, with the operand that they need.
    private func appendSums(
        _ count: Int, of length: Int, in row: Int32, with operand: PIMOperation?, to operations: inout [PIMOperation]
    ) {
        let total = count * length
        let isFromBus = pim.operandSource == .dataBus
        if let operand, !isFromBus { operations.append(operand) }
        var done = 0
        while done < total {
            let piece = min(total - done, max(Self.announced, 1))
            let results = (done + piece) / length - done / length
            operations.append(
                PIMOperation(.pimHeader, row: row, dotProducts: Int16(piece), results: Int16(max(1, results))))
            if let operand, isFromBus, done == 0 { operations.append(operand) }
            for position in done + 1...done + piece {
                let isLast = position == done + piece
                let isSum = position % length == 0
                operations.append(
                    PIMOperation(.pimDotProduct, row: row, dotProducts: 1, isLast: isLast && !isSum))
                if isSum { operations.append(PIMOperation(.pimRdResult, row: row, isLast: isLast, transfer: 0)) }
            }
            done += piece
        }
    }
}
