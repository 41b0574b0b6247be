import SimCore

/// A result as a weighted sum of runs.
extension SimulationResult {
    /// Adds up what runs did, each as often as its weight says; times are for the caller.
    ///
    /// Operators are gathered by kind and unit: their rows hold sums, from cycle 0 to the sum of their cycles.
    /// - Returns: the cycles of each stage.
    mutating func add(_ runs: [SampledSteps.WeightedRun]) -> [OperatorResult.Stage: Int] {
        func sum(_ value: (SimulationResult) -> Int) -> Int {
            Int(runs.reduce(0.0) { $0 + $1.weight * Double(value($1.result)) }.rounded())
        }
        npuBusyCycles = sum(\.npuBusyCycles)
        npuMACs = sum(\.npuMACs)
        pimMACs = sum(\.pimMACs)
        vectorElements = sum(\.vectorElements)
        scratchpadBytes = sum(\.scratchpadBytes)
        linkBytes = sum(\.linkBytes)
        operators = Self.gathered(runs)
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

    private struct Kind: Hashable {
        var kind: String
        var unit: String
    }

    private static func gathered(_ runs: [SampledSteps.WeightedRun]) -> [OperatorResult] {
        var places: [Kind: Int] = [:]
        var operators: [OperatorResult] = []
        var sums: [[Double]] = []
        for (weight, result) in runs {
            for done in result.operators {
                let kind = Kind(kind: done.kind.rawValue, unit: done.unit.rawValue)
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
