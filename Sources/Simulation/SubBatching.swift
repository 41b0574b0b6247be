import Workload

/// How a step's batch is cut up and how the parts run beside each other.
public struct SubBatching: Sendable, Equatable {
    /// Sub-batches: 1 runs the batch as a whole.
    public var count: Int
    public var interleaving: Interleaving
    public var split: SubBatchSplit

    public init(count: Int = 1, interleaving: Interleaving = .dataflow, split: SubBatchSplit = .count) {
        precondition((1...4).contains(count), "a batch is cut into one to four sub-batches")
        self.count = count
        self.interleaving = interleaving
        self.split = split
    }

    public static let off = SubBatching()

    /// What users call the numbers of sub-batches; `auto` leaves it to trials.
    public static let names = ["off", "2", "4", auto]
    public static let auto = "auto"

    /// The number of sub-batches of a name; nil for `auto`.
    public static func count(named name: String) -> Int? { name == "off" ? 1 : Int(name) }
}

/// When the work of one sub-batch runs beside that of another.
public enum Interleaving: String, Sendable, CaseIterable {
    /// NeuPIMs' stages: the NPU works on one sub-batch while the PIM units work on the one before it, and the next
    /// stage begins when both are done.
    case barrier
    /// An operator starts as soon as its inputs are there and its unit is free; each sub-batch goes through layers and
    /// steps at its own pace.
    case dataflow
}

/// A piece of a step that runs as one program.
struct Piece: Sendable, Equatable {
    /// Which operators of a layer: everything, NeuPIMs' parts A (up to the QKV product), B (attention) and E (the
    /// rest), or E of one layer with A of the next.
    enum Part: Sendable { case whole, a, b, e, ea }

    var subBatch: Int
    var iteration: Int
    /// `nil`: embedding or head.
    var layer: Int?
    var part: Part
    /// Name of the stage that it belongs to, in reports.
    var stage: String?
}

/// NeuPIMs' schedule for any number of sub-batches and layers: stage by stage the pieces that run together.
///
/// The NPU takes the sub-batches in turn; the PIM units take the sub-batch that the NPU has just left. With two
/// sub-batches the stages are the paper's A to F: QKV of the first; QKV of the second beside attention of the first;
/// then for each further layer C and D; at the end E and F.
struct BarrierSchedule {
    let subBatches: Int
    let layers: Int

    func stages(iteration: Int) -> [[Piece]] {
        let npuJobs = (layers + 1) * subBatches
        var stages: [[Piece]] = []
        for job in 0...npuJobs {
            var pieces: [Piece] = []
            let name = stageName(job, of: npuJobs)
            if job < npuJobs {
                let round = job / subBatches
                let part: Piece.Part = round == 0 ? .a : (round == layers ? .e : .ea)
                pieces.append(
                    Piece(
                        subBatch: job % subBatches, iteration: iteration, layer: max(0, round - 1), part: part,
                        stage: name))
            }
            // Attention of the sub-batch of the job before, in the layer whose QKV product that was.
            let last = job - 1
            if last >= 0 && last / subBatches < layers {
                pieces.append(
                    Piece(
                        subBatch: last % subBatches, iteration: iteration, layer: last / subBatches, part: .b,
                        stage: name))
            }
            if !pieces.isEmpty { stages.append(pieces) }
        }
        return stages
    }

    private func stageName(_ job: Int, of jobs: Int) -> String {
        if job < subBatches { return job == 0 ? "A" : "B" }
        if job >= jobs - subBatches { return job - (jobs - subBatches) == 0 ? "E" : "F" }
        return (job - subBatches) % subBatches == 0 ? "C" : "D"
    }
}
