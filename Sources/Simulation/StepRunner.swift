import Hardware
import SimCore
import Workload

/// Runs the pieces of decode steps on an engine: one after the other, in stages, or sub-batches beside each other.
struct StepRunner {
    var lowering: StepLowering
    var engine: Engine
    let options: SimulationOptions
    let steps: [SimulationStep]
    /// The requests of each sub-batch in the first step.
    let subBatches: [[StepLowering.Entry]]
    var result: SimulationResult
    var progress: ((Int, Int) -> Void)?
    private var layersDone = 0

    /// What runs in each slot of the engine.
    private var underWay: [Int: (piece: Piece, operators: [OperatorResult])] = [:]

    init(
        lowering: StepLowering, engine: Engine, options: SimulationOptions, steps: [SimulationStep],
        subBatches: [[StepLowering.Entry]], result: SimulationResult
    ) {
        self.lowering = lowering
        self.engine = engine
        self.options = options
        self.steps = steps
        self.subBatches = subBatches
        self.result = result
    }

    mutating func run() {
        if options.subBatching.interleaving == .barrier && subBatches.count > 1 {
            runWithBarriers()
        } else {
            runAsDataflow()
        }
    }

    /// Each sub-batch goes through its pieces as fast as it can; a batch that is not cut is one sub-batch.
    private mutating func runAsDataflow() {
        var queues = subBatches.indices.map { pieces(ofSubBatch: $0) }
        var nextPiece = [Int](repeating: 0, count: queues.count)
        for subBatch in queues.indices {
            start(queues[subBatch][0])
            nextPiece[subBatch] = 1
        }
        while !underWay.isEmpty {
            let piece = finishOne()
            let subBatch = piece.subBatch
            if nextPiece[subBatch] < queues[subBatch].count {
                start(queues[subBatch][nextPiece[subBatch]])
                nextPiece[subBatch] += 1
            } else {
                queues[subBatch] = []
            }
        }
    }

    private func pieces(ofSubBatch subBatch: Int) -> [Piece] {
        (0..<options.iterations).flatMap { iteration in
            let layers = (0..<options.layers).map {
                Piece(subBatch: subBatch, iteration: iteration, layer: $0, part: .whole, stage: nil)
            }
            let embedding = Piece(subBatch: subBatch, iteration: iteration, layer: nil, part: .a, stage: nil)
            let head = Piece(subBatch: subBatch, iteration: iteration, layer: nil, part: .e, stage: nil)
            guard options.includesHead else { return layers }
            // A pass inside a prompt computes no logits.
            return [embedding] + layers + (steps[iteration].outputs > 0 ? [head] : [])
        }
    }

    /// All pieces of a stage start together; the next stage begins when all have ended.
    private mutating func runWithBarriers() {
        let schedule = BarrierSchedule(subBatches: subBatches.count, layers: options.layers)
        for iteration in 0..<options.iterations {
            let each = subBatches.indices.map { subBatch in
                [Piece(subBatch: subBatch, iteration: iteration, layer: nil, part: .a, stage: "embed")]
            }
            let ends = subBatches.indices.map { subBatch in
                [Piece(subBatch: subBatch, iteration: iteration, layer: nil, part: .e, stage: "head")]
            }
            let stages = schedule.stages(iteration: iteration)
            for stage in options.includesHead ? each + stages + ends : stages {
                for piece in stage { start(piece) }
                while !underWay.isEmpty { _ = finishOne() }
            }
        }
    }

    private mutating func start(_ piece: Piece) {
        let step = steps[piece.iteration]
        let entries = entries(of: piece)
        let batch = entries.map {
            BatchEntry(request: $0.index, newTokens: $0.newTokens, context: $0.context)
        }
        lowering.begin(iteration: piece.iteration, entries: entries)
        if let layer = piece.layer {
            var list = OperatorList(shard: lowering.shard, batch: batch, bits: .half)
            list.appendLayer(layer, expertTokens: step.expertTokens(layer: layer))
            switch piece.part {
            case .whole: lowering.append(list, layer: layer, stages: [.a, .b, .e])
            case .a: lowering.append(list, layer: layer, stages: [.a])
            case .b: lowering.append(list, layer: layer, stages: [.b])
            case .e: lowering.append(list, layer: layer, stages: [.e])
            case .ea:
                lowering.append(list, layer: layer, stages: [.e])
                lowering.append(list, layer: layer + 1, stages: [.a])
            }
        } else {
            let withOutputs = Set(step.shares.filter { $0.outputs > 0 }.map(\.request))
            let ending = piece.part == .a ? batch : batch.filter { withOutputs.contains($0.request) }
            var list = OperatorList(shard: lowering.shard, batch: ending, bits: .half)
            if piece.part == .a { list.appendEmbedding() } else { list.appendHead() }
            lowering.append(list, layer: nil, stages: [.a, .b, .e])
        }
        let slot = engine.start(
            lowering.program, operators: StepLowering.handOverIndex + 1, share: subBatches.count)
        underWay[slot] = (piece, lowering.operators)
    }

    /// The requests of a piece's sub-batch that take part in its step, as they stand then.
    private func entries(of piece: Piece) -> [StepLowering.Entry] {
        let shares = steps[piece.iteration].shares
        let byRequest = Dictionary(uniqueKeysWithValues: shares.map { ($0.request, $0) })
        return subBatches[piece.subBatch].compactMap { entry in
            guard let share = byRequest[entry.index] else { return nil }
            var entry = entry
            entry.context = share.context
            entry.newTokens = share.newTokens
            return entry
        }
    }

    /// Waits for the end of a piece and takes down when its operators ran.
    private mutating func finishOne() -> Piece {
        let (slot, times) = engine.runUntilEnd()
        guard let (piece, operators) = underWay.removeValue(forKey: slot) else {
            preconditionFailure("a piece ended that had not been started")
        }
        for index in operators.indices {
            var done = operators[index]
            done.start = min(times[index].start, times[index].end)
            done.end = times[index].end
            done.subBatch = piece.subBatch
            done.barrierStage = piece.stage
            result.operators.append(done)
        }
        for entry in entries(of: piece) { result.requests[entry.index].finish = engine.now }
        if piece.layer != nil && piece.part != .b && piece.part != .a {
            layersDone += 1
            progress?(layersDone, options.layers * options.iterations * subBatches.count)
        }
        return piece
    }
}
