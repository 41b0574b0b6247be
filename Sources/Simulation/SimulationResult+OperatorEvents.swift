import Hardware
import Quantities
import SimCore
import Workload

/// The part of the events that can be traced to single operators.
extension SimulationResult {
    /// For each operator the events that are its own: bits over the data bus, multiply-accumulates, operands,
    /// dot-products and results of PIM units, vector operations, scratchpad and link traffic.
    ///
    /// Activations, refresh, standby and static power belong to the run: which operator finds a row open depends on the
    /// ones before it. Each event of the operators is also one of `events`; the operators' sum is at most the run's.
    public func operatorEvents() -> [EventCounts] {
        guard let shard = try? ModelShard(of: model, ways: options.tensorParallel) else {
            preconditionFailure("the model of a result can be divided as its options say")
        }
        var pim: [PieceOfStep: PIMWork] = [:]
        return operators.map { done in
            let piece = PieceOfStep(iteration: done.iteration, subBatch: done.subBatch)
            let work = pim[piece] ?? pimWork(shard, piece)
            pim[piece] = work
            return events(of: done, pim: work)
        }
    }

    /// A sub-batch in a step: what the PIM work of an operator depends on.
    private struct PieceOfStep: Hashable {
        var iteration: Int
        var subBatch: Int
    }

    private func events(of done: OperatorResult, pim: PIMWork) -> EventCounts {
        var counts = EventCounts()
        counts[.readBits] = 8 * done.readBytes
        counts[.writeBits] = 8 * done.writeBytes
        counts[.vectorOperations] = done.vectorElements * done.kind.vectorOperations(of: model)
        counts[.sramWriteBytes] = done.readBytes
        counts[.sramReadBytes] = done.writeBytes + done.operandBytes
        switch done.unit {
        case .pim: counts += (done.kind == .logit ? pim.logit : pim.attend).events(of: machine.memory)
        case .link: counts[.linkBits] = 8 * done.linkBytes
        default: counts[.fp16MACs] = done.macs
        }
        return counts
    }

    /// PIM commands of the logits and attends of one layer, for a sub-batch in a step.
    private func pimWork(_ shard: ModelShard, _ piece: PieceOfStep) -> PIMWork {
        guard machine.memory.pim != nil, machine.execution.attention == .pim else { return PIMWork() }
        let decoding = steps[piece.iteration].shares.filter { share in
            share.newTokens == 1 && share.subBatch == piece.subBatch
        }
        return PIMWork(shard, machine.memory, contexts: decoding.map(\.context))
    }
}

/// Operand writes, dot-products and results that the attention of a layer takes, from the sizes alone.
///
/// Keys: as many heads of a token to a row as fit, a tile of tokens for each round over the banks. Values: a row of
/// tokens for each dimension, a tile of dimensions for each round over the banks. Each query head that shares a key or
/// value head takes its own operand and its own dot-products.
struct PIMWork: Equatable {
    struct Counts: Equatable {
        var operandWrites = 0
        var dotProducts = 0
        var results = 0

        func events(of memory: MemorySystem) -> EventCounts {
            var commands = [Int](repeating: 0, count: DRAMCommand.allCases.count)
            commands[Int(DRAMCommand.pimGwrite.rawValue)] = operandWrites
            commands[Int(DRAMCommand.pimRdResult.rawValue)] = results
            let none = [Int](repeating: 0, count: memory.organization.ranks)
            return EventCounts(
                ChannelActivity(
                    commands: commands, dotProducts: dotProducts, openCycles: none, pimOpenCycles: none, cycles: 0),
                of: memory)
        }
    }

    var logit = Counts()
    var attend = Counts()

    init() {}

    init(_ shard: ModelShard, _ memory: MemorySystem, contexts: [Int]) {
        let (banks, multipliers) = (memory.organization.banks, memory.pim!.multipliersPerBank)
        let perSlice = memory.banksPerPIMUnit
        let rowElements = memory.organization.rowBytes / MemoryLayout.elementBytes
        let headSize = shard.model.headSize
        let queries = shard.heads / shard.kvHeads
        let headsPerRow = max(1, min(shard.kvHeads, rowElements / headSize))
        let keyChunks = Self.pieces(shard.kvHeads, headsPerRow)
        let valueTiles = Self.pieces(headSize, banks)
        for context in contexts {
            let logitResults = Self.pieces(context, banks) * shard.heads
            logit.operandWrites += keyChunks * queries
            logit.dotProducts += logitResults * Self.pieces(headSize, multipliers) * perSlice
            logit.results += logitResults
            for first in stride(from: 0, to: context, by: rowElements) {
                let dots = Self.pieces(min(rowElements, context - first), multipliers) * perSlice
                attend.operandWrites += shard.heads
                attend.dotProducts += shard.heads * valueTiles * dots
                attend.results += shard.heads * valueTiles
            }
        }
    }

    private static func pieces(_ whole: Int, _ part: Int) -> Int { (whole + part - 1) / part }
}
