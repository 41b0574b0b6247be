import Hardware
import Simulation
import Testing
import Workload

@testable import Reporting

/// Sub-batches do the work of the batch, whatever its size and however it is cut.
@Suite struct SubBatchTests {
    static let cuts = [
        SubBatching(count: 2, interleaving: .barrier, split: .count),
        SubBatching(count: 2, interleaving: .dataflow, split: .load),
        SubBatching(count: 4, interleaving: .barrier, split: .load),
        SubBatching(count: 4, interleaving: .dataflow, split: .count),
    ]

    @Test(arguments: cuts) func everyRequestIsWorkedOnOnce(_ cut: SubBatching) throws {
        for contexts in [[70], [33, 1, 128]] {
            let whole = try run("neupims", contexts: contexts, layers: 2, iterations: 2, includesHead: true)
            let result = try run(
                "neupims", contexts: contexts, layers: 2, iterations: 2, includesHead: true, subBatching: cut)
            #expect(result.npuMACs == whole.npuMACs && result.pimMACs == whole.pimMACs)
            #expect(result.vectorElements == whole.vectorElements)
            // An empty part is left out: one request is one part.
            let parts = Set(result.requests.map(\.subBatch))
            #expect(parts == Set(0..<min(cut.count, contexts.count)))
            // Each layer of each step: the operators of each part once.
            for kind in Set(whole.operators.map(\.kind)) {
                let count = whole.operators.count { $0.kind == kind }
                #expect(result.operators.count { $0.kind == kind } == count * parts.count, "\(kind)")
            }
            let ends = result.requests.map(\.finish)
            #expect(ends.allSatisfy { $0 > 0 && $0 <= result.cycles })
        }
    }

    /// Attention moves the bytes of its requests; weights are read by each part, or once if they are kept.
    @Test(arguments: cuts) func bytesAreThoseOfTheParts(_ cut: SubBatching) throws {
        let contexts = [200, 64, 64, 90, 5]
        let whole = try run("npu-only", contexts: contexts)
        var machine = try shippedMachine("npu-only")
        machine.execution.weights = .keptForSubBatches
        let kept = try run(machine, contexts: contexts, subBatching: cut)
        machine.execution.weights = .readAgain
        let result = try run(machine, contexts: contexts, subBatching: cut)
        func bytes(_ result: SimulationResult, _ stage: OperatorResult.Stage) -> Int {
            result.operators.filter { $0.stage == stage }.reduce(0) { $0 + $1.readBytes + $1.writeBytes }
        }
        #expect(bytes(result, .b) == bytes(whole, .b))
        #expect(bytes(result, .a) > bytes(whole, .a))
        // All weights of so small a model fit into the scratchpad.
        #expect(bytes(kept, .a) == bytes(whole, .a) && bytes(kept, .e) == bytes(whole, .e))
        #expect(kept.dramBytes <= whole.dramBytes && kept.cycles <= result.cycles)
        let moved = result.operators.reduce(0) { $0 + $1.readBytes + $1.writeBytes }
        let merged = result.channels.reduce(0) { $0 + $1.statistics.mergedWrites + $1.statistics.forwardedReads }
        #expect(result.dramBytes <= moved && result.dramBytes >= whole.dramBytes)
        // Parts that read the same weights at the same time share the reads that wait together.
        if cut.interleaving == .barrier {
            #expect(moved <= result.dramBytes + 64 * (merged + 32 * result.machine.memory.channels))
        }
    }

    @Test(arguments: cuts) func operatorEventsAreThoseOfTheRun(_ cut: SubBatching) throws {
        let result = try run(
            "neupims", contexts: [700, 33, 1, 128, 513], iterations: 2, tensorParallel: 2, includesHead: true,
            subBatching: cut)
        let sum = result.operatorEvents().reduce(EventCounts()) { $0 + $1 }
        let events = result.events
        for event in [
            EnergyEvent.operandBits, .dotProductBits, .resultBits, .pimMACs, .vectorOperations, .fp16MACs,
            .sramWriteBytes, .sramReadBytes, .linkBits,
        ] {
            #expect(sum[event] == events[event], "\(event.name)")
        }
    }

    @Test func barrierStagesAreNeuPIMs() throws {
        let cut = SubBatching(count: 2, interleaving: .barrier)
        let result = try run("neupims", contexts: [70, 80], layers: 2, subBatching: cut)
        let lines = Report(result, workload: "w", version: "0").operators.split(separator: "\n").dropFirst()
        let cells = lines.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(Set(cells.map { String($0[3]) }) == ["A", "B", "C", "D", "E", "F"])
        #expect(Set(cells.map { String($0[2]) }) == ["0", "1"])
        // In a stage nothing begins before all of the one before has ended.
        let stages = cells.reduce(into: [String: (start: Int, end: Int)]()) { spans, cell in
            let (start, end) = (Int(cell[6])!, Int(cell[7])!)
            let old = spans[String(cell[3])] ?? (start, end)
            spans[String(cell[3])] = (min(old.start, start), max(old.end, end))
        }
        for (first, next) in zip(["A", "B", "C", "D", "E"], ["B", "C", "D", "E", "F"]) {
            #expect(stages[first]!.end <= stages[next]!.start, "\(first) and \(next)")
        }
    }

    @Test func reportsSayHowTheBatchWasCut() throws {
        let cut = SubBatching(count: 2, interleaving: .barrier, split: .load)
        let result = try run("neupims", contexts: [70, 80], subBatching: cut)
        let report = Report(result, workload: "w", version: "0")
        #expect(report.text.contains("(w)\n2 sub-batches, barrier, balanced of each channel\n"))
        #expect(Report.summary([report]).contains(",1,1,2,2,barrier,"))
        let tried = Report(
            result, workload: "w", version: "0",
            trials: [SubBatchTrial(count: 1, cycles: 2000), SubBatchTrial(count: 2, cycles: 1000)])
        #expect(
            tried.text.contains(
                "balanced of each channel: the fastest in a trial of at most two layers (cycles: off 2,000, 2 1,000)\n")
        )
    }

    @Test func trialsChooseTheFastestAndOfEqualOnesTheFewest() throws {
        let requests = [40, 50].enumerated().map { Request(id: $0.offset, contextTokens: $0.element) }
        let simulator = Simulator(
            machine: try shippedMachine("neupims"), shard: try ModelShard(of: try smallModel(), ways: 1),
            requests: requests, options: SimulationOptions(iterations: 3, layers: 2))
        let trials = try simulator.subBatchTrials()
        #expect(trials.map(\.count) == [1, 2, 4])
        let best = try #require(trials.min { ($0.cycles, $0.count) < ($1.cycles, $1.count) })
        let chosen = simulator.choosing(from: trials).options
        #expect(chosen.subBatching.count == best.count && chosen.layers == 2 && chosen.iterations == 3)
        let equal = [SubBatchTrial(count: 1, cycles: 5), SubBatchTrial(count: 2, cycles: 5)]
        #expect(simulator.choosing(from: equal).options.subBatching.count == 1)
        #expect(simulator.choosing(from: []).options.subBatching.count == 1)
    }
}
