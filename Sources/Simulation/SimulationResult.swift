import Hardware
import SimCore
import Workload

/// Everything a run found out, in cycles, counts and bytes; reports are made from it.
public struct SimulationResult: Sendable {
    public var machine: Machine
    public var model: ModelShape
    public var options: SimulationOptions
    /// What each step computed.
    public var steps: [SimulationStep]
    public var requests: [RequestResult]
    public var operators: [OperatorResult]
    public var channels: [ChannelResult]
    /// NPU cycles of the whole run.
    public var cycles: Int
    /// NPU cycles in which an array or a vector unit worked.
    public var npuBusyCycles: Int
    /// Multiply-accumulates that the model needs, by the unit that carried them out.
    public var npuMACs: Int
    public var pimMACs: Int
    /// Elementary operations of the vector units, counted in lanes' elements.
    public var vectorElements: Int
    /// Bytes read from and written to the scratchpad.
    public var scratchpadBytes: Int
    /// Bytes that went over the link between chips.
    public var linkBytes: Int
    public var commands: [LoggedCommand]
    /// What was busy when; each sums to the busy time of the whole run.
    public var activity: [UnitActivity] = []
    /// How whole generations went; nil if the steps were given.
    public var generation: GenerationResult?
    /// What the figures rest on if they are estimates; nil of an exact run.
    public var sampling: SamplingResult?

    public var seconds: Double { Double(cycles) / Double(machine.npu.clock.count) }
    /// Tokens whose logits were computed: in decoding one for each request and step.
    public var generatedTokens: Int { steps.reduce(0) { $0 + $1.outputs } }
    /// Tokens of prompts: those of shares with more than one new token.
    public var promptTokens: Int {
        steps.reduce(0) { $0 + $1.shares.reduce(0) { $0 + ($1.newTokens > 1 ? $1.newTokens : 0) } }
    }
    /// Tokens per second of the whole tensor-parallel group, which works on the same tokens together.
    public var tokensPerSecond: Double { Double(generatedTokens) / seconds }
    /// Layers that a step of the full model has.
    public var coversWholeModel: Bool { options.layers == model.layers }
}

/// One request's share of a run.
public struct RequestResult: Sendable {
    public var id: Int
    public var channel: Int
    /// Tokens in its cache in its first step.
    public var context: Int
    public var tokens: Int
    /// NPU cycle in which its last token was done.
    public var finish: Int
    /// The sub-batch that it went with.
    public var subBatch = 0
}

/// One operator of one layer and step: all requests together.
public struct OperatorResult: Sendable {
    public var iteration: Int
    /// `nil` for the embedding and the head.
    public var layer: Int?
    public var subBatch: Int
    public var stage: Stage
    /// The stage of NeuPIMs' schedule (A to F) that it ran in, when sub-batches run with barriers.
    public var barrierStage: String?
    public var kind: OperatorKind
    public var unit: Unit
    public var start: Int
    public var end: Int
    public var macs: Int
    public var readBytes: Int
    public var writeBytes: Int
    /// Elements that vector units worked on.
    public var vectorElements: Int
    /// Operands that it reads from and writes to the scratchpad, besides its traffic with DRAM.
    public var operandBytes = 0
    /// Bytes over the link.
    public var linkBytes = 0

    /// NeuPIMs' parts of a layer: A up to the QKV product, B attention, E the rest.
    public enum Stage: String, Sendable {
        case a = "A"
        case b = "B"
        case e = "E"
    }

    public enum Unit: String, Sendable {
        case systolic, vector, pim, link, dma
    }
}

/// One channel over the whole run.
public struct ChannelResult: Sendable {
    public var index: Int
    public var requests: Int
    public var tokens: Int
    public var statistics: ChannelStatistics
    /// Memory cycles in which the data bus carried a burst of a read or a write.
    public var dataBusCycles: Int
    /// Memory cycles of the whole run.
    public var cycles: Int
}
