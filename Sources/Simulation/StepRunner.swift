import Hardware
import SimCore
import Workload

/// Runs the pieces of steps on an engine: one after the other, in stages, or sub-batches beside each other.
struct StepRunner {
    var lowering: StepLowering
    var engine: Engine
    let options: SimulationOptions
    var steps: [SimulationStep]
    /// The channel of each request.
    var channels: [Int]
    var result: SimulationResult
    /// Idle time that the engine did not run through: the reports' clock is ahead of the engine's by it.
    var skipped = Engine.Skipped()
    var progress: ((Int, Int) -> Void)?
    private var layersDone = 0

    /// What runs in each slot of the engine.
    private var underWay: [Int: (piece: Piece, operators: [OperatorResult])] = [:]

    init(
        lowering: StepLowering, engine: Engine, options: SimulationOptions, steps: [SimulationStep], channels: [Int],
        result: SimulationResult
    ) {
        self.lowering = lowering
        self.engine = engine
        self.options = options
        self.steps = steps
        self.channels = channels
        self.result = result
    }

    /// Runs steps that follow each other, all cut into the same number of sub-batches.
    mutating func run(_ range: Range<Int>) {
        let subBatches = steps[range.lowerBound].subBatches
        if options.subBatching.interleaving == .barrier && subBatches > 1 {
            runWithBarriers(range, subBatches)
        } else {
            runAsDataflow(range, subBatches)
        }
    }

    /// Each sub-batch goes through its pieces as fast as it can; a batch that is not cut is one sub-batch.
    private mutating func runAsDataflow(_ range: Range<Int>, _ subBatches: Int) {
        var queues = (0..<subBatches).map { pieces(ofSubBatch: $0, range) }
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

    private func pieces(ofSubBatch subBatch: Int, _ range: Range<Int>) -> [Piece] {
        range.flatMap { iteration in
            let layers = (0..<options.layers).map {
                Piece(subBatch: subBatch, iteration: iteration, layer: $0, part: .whole, stage: nil)
            }
            let embedding = Piece(subBatch: subBatch, iteration: iteration, layer: nil, part: .a, stage: nil)
            let head = Piece(subBatch: subBatch, iteration: iteration, layer: nil, part: .e, stage: nil)
            guard options.includesHead else { return layers }
            return [embedding] + layers + (hasOutputs(head) ? [head] : [])
        }
    }

    /// A pass inside a prompt computes no logits.
    private func hasOutputs(_ head: Piece) -> Bool {
        steps[head.iteration].shares.contains { $0.subBatch == head.subBatch && $0.outputs > 0 }
    }

    /// All pieces of a stage start together; the next stage begins when all have ended.
    private mutating func runWithBarriers(_ range: Range<Int>, _ subBatches: Int) {
        let schedule = BarrierSchedule(subBatches: subBatches, layers: options.layers)
        for iteration in range {
            let each = (0..<subBatches).map { subBatch in
                [Piece(subBatch: subBatch, iteration: iteration, layer: nil, part: .a, stage: "embed")]
            }
            let ends = (0..<subBatches).map { subBatch in
                [Piece(subBatch: subBatch, iteration: iteration, layer: nil, part: .e, stage: "head")]
            }
            let stages = schedule.stages(iteration: iteration)
            let withOutputs = ends.filter { hasOutputs($0[0]) }
            for stage in options.includesHead ? each + stages + withOutputs : stages {
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
            lowering.program, operators: StepLowering.handOverIndex + 1, share: step.subBatches)
        underWay[slot] = (piece, lowering.operators)
    }

    /// The requests of a piece's sub-batch that take part in its step, as they stand then.
    private func entries(of piece: Piece) -> [StepLowering.Entry] {
        steps[piece.iteration].shares.filter { $0.subBatch == piece.subBatch }.map { share in
            StepLowering.Entry(
                index: share.request, channel: channels[share.request], context: share.context,
                newTokens: share.newTokens)
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
            done.start = min(times[index].start, times[index].end) + skipped.cycles
            done.end = times[index].end + skipped.cycles
            done.readBytes -= times[index].keptBytes
            lowering.scratchpadBytes -= times[index].keptBytes
            done.subBatch = piece.subBatch
            done.barrierStage = piece.stage
            result.operators.append(done)
        }
        for share in steps[piece.iteration].shares where share.subBatch == piece.subBatch {
            result.requests[share.request].finish = engine.now + skipped.cycles
        }
        if piece.layer != nil && piece.part != .b && piece.part != .a {
            layersDone += 1
            progress?(layersDone, options.layers * options.iterations * steps[piece.iteration].subBatches)
        }
        return piece
    }
}
