import Hardware
import Quantities
import SimCore
import Workload

/// Turns the operators of one layer (or of the embedding or the head) of a decode step into a program.
///
/// Products become operand blocks and tile operations, vector operators rows on vector units, decode attention PIM
/// command sequences or products, all-reduces delays. What each operator moves and computes is noted beside it.
struct StepLowering {
    let machine: Machine
    let shard: ModelShard
    let cost: VectorCost
    var layout: MemoryLayout
    var program = Program()
    var operators: [OperatorResult] = []
    var scratchpadBytes = 0
    var linkBytes = 0
    /// Channels whose decoding requests have their attention from those of one of them; nil: every channel has its own.
    var standIn: ChannelStandIn?
    /// For each request, the node with which its attention ends.
    var requestEnds: [Int] = []

    // The layer under way.
    var iteration = 0
    var layer: Int?
    var weightOffset = 0
    /// Where the weights of the layer's first expert lie among the layer's.
    var expertBase: Int?
    var entries: [Entry] = []
    /// The node after which the next operator may start, on a serial machine.
    var last: [Int] = []
    /// Last vector instruction and last store of the attention under way, on an in-order core.
    var lastVector: Int?
    var lastStore: Int?

    /// One request of the batch, in the terms of the layout.
    struct Entry {
        var index: Int
        var channel: Int
        var context: Int
        /// More than one: a prompt, or a piece of it.
        var newTokens = 1

        /// Pairs of a new token and a token it attends to.
        var attendedPairs: Int { newTokens * context - newTokens * (newTokens - 1) / 2 }
    }

    init(machine: Machine, shard: ModelShard, layout: MemoryLayout) {
        self.machine = machine
        self.shard = shard
        self.layout = layout
        cost = VectorCost(vector: machine.npu.vector)
    }

    /// Begins a new program for `entries`.
    mutating func begin(iteration: Int, entries: [Entry]) {
        program = Program()
        operators = []
        self.iteration = iteration
        self.entries = entries
        requestEnds = []
        lastVector = nil
        lastStore = nil
        last = []
    }

    /// Appends the operators of `list` that belong to `stages`, after all that the program holds already; the
    /// operators of attention are gathered over the requests.
    mutating func append(_ list: OperatorList, layer: Int?, stages: Set<OperatorResult.Stage>) {
        self.layer = layer
        weightOffset = 0
        expertBase = nil
        var done = [Int: Int]()
        let before = last
        var index = 0
        while index < list.operators.count {
            let next = list.operators[index]
            guard stages.contains(next.kind.stage) else {
                seekWeights(of: next)
                if next.kind.work == .matrix { weightOffset += next.k * next.n * MemoryLayout.elementBytes }
                index += 1
                continue
            }
            var after = last
            if machine.execution.order == .dependencies {
                // What another piece computed is there when this one begins.
                after = Array(Set(next.dependencies.compactMap { done[$0] })).sorted()
                if after.isEmpty { after = before }
            }
            if next.kind == .logit {
                let end = lowerBatchAttention(after: after)
                while index < list.operators.count, list.operators[index].kind.isDecodeAttention {
                    done[index] = end
                    index += 1
                }
                last = [end]
                continue
            }
            let end = lower(next, after: started(after))
            done[index] = end
            last = [end]
            index += 1
        }
    }

    /// Serial operators: the hand-over from one to the next takes the machine's start latency.
    mutating func started(_ before: [Int]) -> [Int] {
        let latency = machine.npu.operatorStartLatency
        guard latency > 0, !before.isEmpty else { return before }
        return [program.add(.delay(cycles: latency), operatorIndex: handOver, after: before)]
    }

    private mutating func lower(_ next: Operator, after before: [Int]) -> Int {
        seekWeights(of: next)
        switch next.kind.work {
        case .matrix: return lowerProduct(next, after: before)
        case .collective: return lowerCollective(next, after: before)
        case .lookup: return lowerLookup(next, after: before)
        case .vector, .attention: return lowerVector(next, after: before)
        }
    }

    /// Opens the record that an operator's nodes are reported under; all experts of a layer share one for each kind.
    mutating func record(_ kind: OperatorKind, _ unit: OperatorResult.Unit, macs: Int = 0, expert: Int? = nil) -> Int {
        if expert != nil, let open = operators.lastIndex(where: { $0.kind == kind && $0.layer == layer }) {
            operators[open].macs += macs
            return open
        }
        operators.append(
            OperatorResult(
                iteration: iteration, layer: layer, subBatch: 0, stage: kind.stage, kind: kind, unit: unit, start: 0,
                end: 0, macs: macs, readBytes: 0, writeBytes: 0, vectorElements: 0))
        return operators.count - 1
    }

    /// Nodes between operators are reported under none: an index after all records.
    var handOver: Int { Self.handOverIndex }
    static let handOverIndex = 63

    mutating func count(_ transfer: Program.Transfer, isWrite: Bool, under index: Int) -> Program.Transfer {
        let bytes = transfer.bursts * machine.memory.organization.burstBytes
        if isWrite { operators[index].writeBytes += bytes } else { operators[index].readBytes += bytes }
        scratchpadBytes += bytes
        return transfer
    }

    /// Notes operand bytes that an operator reads from or writes to the scratchpad itself.
    mutating func scratchpadUse(_ bytes: Int, under index: Int) {
        scratchpadBytes += bytes
        operators[index].operandBytes += bytes
    }

    private mutating func lowerCollective(_ next: Operator, after before: [Int]) -> Int {
        let index = record(next.kind, .link)
        let bytes = Int(next.linkBytes.count)
        let seconds = machine.link.allReduceSeconds(bytes: bytes, chips: shard.ways)
        if machine.link.bytesPerSecond != nil {
            let sent = machine.link.bytesSent(forAllReduceOf: bytes, chips: shard.ways)
            linkBytes += sent
            operators[index].linkBytes += sent
        }
        let cycles = Int((seconds * Double(machine.npu.clock.count)).rounded(.up))
        return program.add(.delay(cycles: cycles), operatorIndex: index, after: before)
    }

    private mutating func lowerLookup(_ next: Operator, after before: [Int]) -> Int {
        let index = record(next.kind, .dma)
        let tokens = rows(of: next)
        let rowBytes = Int(next.weightBytes.count) / tokens
        let rows = (0..<tokens).map { _ in count(layout.activations(rowBytes), isWrite: false, under: index) }
        return program.addTransfer(rows, isWrite: false, operatorIndex: index, after: before)
    }
}

extension OperatorKind {
    var isDecodeAttention: Bool { self == .logit || self == .softmax || self == .attend }

    var stage: OperatorResult.Stage {
        switch self {
        case .embed, .normAttention, .qkv, .rope: .a
        case .logit, .softmax, .attend: .b
        default: .e
        }
    }
}
