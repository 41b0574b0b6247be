import Hardware
import SimCore

/// Runs layers on the machine's memory model: the engine and channels that whole models run on.
extension GEMMEvaluation {
    /// Tiles that go into a program together; behind them the arrays drain and the next tiles start anew. A bound for
    /// the program's size: it costs a fill and a drain in so many tiles.
    static let tilesPerProgram = 16_384
    /// Bytes that a layer may move: minutes of simulation.
    static let mostBytes = 1 << 43

    func real(
        _ topology: Topology, on machine: Machine, file: String, progress: ((Int) -> Void)?
    ) throws(TableMistakes) -> [GEMMLayerResult] {
        let figures = MemoryProbe.measure(machine)
        var engine = Engine(machine: machine)
        var results: [GEMMLayerResult] = []
        var mistakes: [TableMistake] = []
        // Layers of one shape are planned once.
        var plans: [GEMMProduct: [GEMMLane: TiledProduct]] = [:]
        for layer in topology.layers {
            let product = GEMMProduct(layer, format: format)
            let folds = SystolicFolds(product.shape, dataflow: dataflow, array: array, rules: rules)
            let lanes = lanes(of: folds, repetitions: layer.repetitions)
            var tiled: [TiledProduct] = []
            for lane in lanes {
                guard let plan = plans[product]?[lane] ?? plan(lane, product, lanes.count, figures) else { break }
                plans[product, default: [:]][lane] = plan
                tiled.append(plan)
            }
            if let message = refusal(of: layer, product, tiled, lanes.count, machine) {
                mistakes.append(TableMistake(file: file, line: layer.line, column: 1, message: message))
            }
            guard mistakes.isEmpty else { continue }
            results.append(run(layer, product, folds, tiled, machine, figures, &engine))
            progress?(results.count)
        }
        guard mistakes.isEmpty else { throw TableMistakes(mistakes) }
        return results
    }

    private func plan(
        _ lane: GEMMLane, _ product: GEMMProduct, _ lanes: Int, _ figures: MemoryFigures
    ) -> TiledProduct? {
        TilingSearch(
            lane: lane, product: product, choice: tiling, scratchpadBytes: laneScratchpad(lanes), lanes: lanes,
            memory: figures
        ).best()
    }

    /// Lanes on the same core share its scratchpad evenly.
    private func laneScratchpad(_ lanes: Int) -> Int { scratchpadBytes / ceilingDivision(lanes, cores) }

    private func refusal(
        of layer: TopologyLayer, _ product: GEMMProduct, _ tiled: [TiledProduct], _ lanes: Int, _ machine: Machine
    ) -> String? {
        guard tiled.count == lanes else {
            let which = if case .given = tiling { "tiles of this size do not" } else { "not even the smallest tiles" }
            return "'\(layer.name)': \(which) fit \(laneScratchpad(lanes)) bytes of scratchpad, two blocks of each "
                + "operand and \(format.bits.sum)-bit sums"
        }
        let once = product.inputBytes + product.weightBytes + product.outputBytes
        guard once <= machine.memory.capacityBytes else {
            return "'\(layer.name)' has \(once) bytes of operands but the memory only \(machine.memory.capacityBytes)"
        }
        let moved = tiled.reduce(0.0) {
            $0 + Double($1.lane.repetitions) * Double($1.readBytes + $1.writtenBytes)
        }
        guard moved <= Double(GEMMEvaluation.mostBytes) else {
            return "'\(layer.name)' moves \(moved) bytes; at most 2^43 are simulated: use --memory ideal, or fewer "
                + "repetitions"
        }
        return nil
    }

    private func run(
        _ layer: TopologyLayer, _ product: GEMMProduct, _ folds: SystolicFolds, _ tiled: [TiledProduct],
        _ machine: Machine, _ figures: MemoryFigures, _ engine: inout Engine
    ) -> GEMMLayerResult {
        var result = emptyResult(layer, product, folds)
        var execution = GEMMExecution(tiling: tiled[0].tiling, lanes: tiled.count)
        let begin = engine.now
        let before = MemoryActivity(engine)
        runTiles(tiled, machine, &engine, &result, &execution)
        let written = engine.now
        WriteDrain.run(&engine, machine)
        result.stalls.drain += engine.now - written
        engine.settle()
        let activity = MemoryActivity(engine).since(before)
        var arrayReads = 0
        var arrayWrites = 0
        for part in tiled {
            let repetitions = part.lane.repetitions
            let accesses = part.accesses
            arrayReads += repetitions * product.readBytes(accesses)
            arrayWrites += repetitions * product.writtenBytes(accesses)
            execution.scratchpadBytes = max(execution.scratchpadBytes, part.scratchpadBytes)
        }
        result.scratchpadReadBytes = arrayReads
        result.scratchpadWriteBytes = arrayWrites
        result.memoryReadBytes = activity.readBytes(machine.memory)
        result.memoryWriteBytes = activity.writtenBytes(machine.memory)
        // What comes from memory is written to the scratchpad, what goes there is read from it.
        result.energy = energy(
            macs: layer.repetitions * product.shape.macs, readBytes: arrayReads + result.memoryWriteBytes,
            writtenBytes: arrayWrites + result.memoryReadBytes)
        result.energy.memory = activity.picojoules(machine)
        let moved = Double(result.memoryReadBytes + result.memoryWriteBytes)
        let once = Double(layer.repetitions) * Double(product.inputBytes + product.weightBytes + product.outputBytes)
        execution.rooflineCycles = max(result.macs / macsPerCycle, once / figures.peakBytesPerCycle)
        execution.streamCycles = moved / figures.streamBytesPerCycle
        activity.describe(&execution, machine.memory)
        let streaming = figures.streamBytesPerCycle / figures.peakBytesPerCycle
        execution.reason = reason(result.stalls, execution, machine.memory, streaming: streaming)
        precondition(result.totalCycles == engine.now - begin, "array cycles and waiting are all of the time")
        result.execution = execution
        return result
    }

    private func runTiles(
        _ tiled: [TiledProduct], _ machine: Machine, _ engine: inout Engine, _ result: inout GEMMLayerResult,
        _ execution: inout GEMMExecution
    ) {
        let memory = machine.memory
        let walks = tiled.map { TileWalk($0) }
        var places: [OperandPlaces] = []
        for part in tiled {
            places.append(
                OperandPlaces(
                    part, base: places.last?.end ?? 0, burstBytes: memory.organization.burstBytes,
                    capacityBytes: memory.capacityBytes))
        }
        let share = max(64, GEMMEvaluation.tilesPerProgram / tiled.count)
        let longest = walks.map(\.count).max()!
        for first in stride(from: 0, to: longest, by: share) {
            var tiles = TileProgram()
            for (walk, place) in zip(walks, places) where walk.count > first {
                tiles.append(walk, place, first..<min(first + share, walk.count))
            }
            let start = engine.now
            let times = engine.run(tiles.program, operators: tiles.program.nodes.count)
            var last: TileTimes?
            for nodes in tiles.nodes {
                let lane = TileTimes(
                    nodes, times, start: start, stationary: dataflow.mapping.stationary, overlaps: fill == .overlapped)
                if last == nil || lane.end > last!.end { last = lane }
                execution.tiles += nodes.count
            }
            result.computeCycles += last!.computeCycles
            result.stalls += last!.stalls
            if first == 0 { execution.firstFill = last!.firstFill }
        }
    }

    private func reason(
        _ stalls: GEMMStalls, _ execution: GEMMExecution, _ memory: MemorySystem, streaming: Double
    ) -> MemoryReason {
        guard stalls.total > 0 else { return .none }
        if 2 * (execution.firstFill + stalls.drain) > stalls.total { return .startAndEnd }
        if execution.busUtilization >= 0.9 * streaming { return .bandwidth }
        let half = Double(memory.organization.burstsPerRow) / 2
        return execution.burstsPerActivation < half ? .rows : .latency
    }
}
