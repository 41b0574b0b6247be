import SimCore
import Workload

/// A result as a weighted sum of runs.
extension SimulationResult {
    /// Adds up what runs did, each as often as its weight says; times are for the caller.
    ///
    /// Operators are gathered by kind and unit: their rows hold sums, from cycle 0 to the sum of their cycles. What they
    /// compute is known, so that is all of the work of this result's steps.
    /// - Returns: the cycles of each stage.
    mutating func add(_ runs: [SampledSteps.WeightedRun], shard: ModelShard) -> [OperatorResult.Stage: Int] {
        func sum(_ value: (SimulationResult) -> Int) -> Int {
            Int(runs.reduce(0.0) { $0 + $1.weight * Double(value($1.result)) }.rounded())
        }
        npuBusyCycles = sum(\.npuBusyCycles)
        operators = Self.gathered(runs)
        takeWork(runs, shard)
        let work = operators
        npuMACs = work.reduce(0) { $0 + ($1.unit == .pim ? 0 : $1.macs) }
        pimMACs = work.reduce(0) { $0 + ($1.unit == .pim ? $1.macs : 0) }
        vectorElements = work.reduce(0) { $0 + $1.vectorElements }
        scratchpadBytes = work.reduce(0) { $0 + $1.readBytes + $1.writeBytes + $1.operandBytes }
        linkBytes = work.reduce(0) { $0 + $1.linkBytes }
        for index in channels.indices {
            channels[index].statistics = ChannelStatistics.sum(
                runs.map { ($0.weight, $0.result.channels[index].statistics) },
                ranks: machine.memory.organization.ranks, cycles: channels[index].cycles)
            channels[index].dataBusCycles = sum { $0.channels[index].dataBusCycles }
        }
        return Dictionary(
            uniqueKeysWithValues: [OperatorResult.Stage.a, .b, .e].map { stage in
                (stage, sum { $0.cycles(of: stage) })
            })
    }

    /// Sets what operators compute to the work of all steps, in the proportion in which the runs counted theirs.
    private mutating func takeWork(_ runs: [SampledSteps.WeightedRun], _ shard: ModelShard) {
        var (all, measured) = (KnownWork(), KnownWork())
        for step in steps {
            all.add(step, machine: machine, shard: shard, layers: options.layers, head: options.includesHead)
        }
        for (_, run) in runs {
            measured.add(
                run.steps[0], machine: machine, shard: shard, layers: run.options.layers,
                head: run.options.includesHead)
        }
        let counted = Self.gathered(runs.map { (1, $0.result) })
        for index in operators.indices {
            let kind = KnownWork.Kind(kind: operators[index].kind, unit: operators[index].unit)
            guard let known = all.amounts[kind], let ran = measured.amounts[kind], ran > 0 else { continue }
            for count in [\OperatorResult.macs, \.vectorElements, \.linkBytes] {
                operators[index][keyPath: count] = Int(
                    (Double(counted[index][keyPath: count]) / Double(ran) * Double(known)).rounded())
            }
        }
    }

    private static func gathered(_ runs: [SampledSteps.WeightedRun]) -> [OperatorResult] {
        var places: [KnownWork.Kind: Int] = [:]
        var operators: [OperatorResult] = []
        var sums: [[Double]] = []
        for (weight, result) in runs {
            for done in result.operators {
                let kind = KnownWork.Kind(kind: done.kind, unit: done.unit)
                if places[kind] == nil {
                    places[kind] = operators.count
                    operators.append(done)
                    sums.append([Double](repeating: 0, count: 7))
                }
                let values = [
                    done.end - done.start, done.macs, done.readBytes, done.writeBytes, done.vectorElements,
                    done.operandBytes, done.linkBytes,
                ]
                for (index, value) in values.enumerated() { sums[places[kind]!][index] += weight * Double(value) }
            }
        }
        for index in operators.indices {
            let whole = sums[index].map { Int($0.rounded()) }
            operators[index].start = 0
            operators[index].end = whole[0]
            operators[index].macs = whole[1]
            operators[index].readBytes = whole[2]
            operators[index].writeBytes = whole[3]
            operators[index].vectorElements = whole[4]
            operators[index].operandBytes = whole[5]
            operators[index].linkBytes = whole[6]
            operators[index].layer = nil
            operators[index].subBatch = 0
            operators[index].barrierStage = nil
        }
        return operators
    }
}
