import SimCore
import Workload

/// Times of steps from few measurements: a layer of a step is run at command level where those that were tell too little.
///
/// The layers of a dense model are alike, and each begins when the one before it has ended, so a step is a first layer, as
/// many others, which take longer by what the one before leaves them (`Layers.following`), and once embedding and head.
/// With sub-batches, which run on into the next layer, others count what each of two further ones adds. Each run of a
/// measurement begins at another refresh phase, with all rows closed, and there are as many as make up for few refreshes in
/// each. Channels that only decode are stood for by the busiest of them (`ChannelStandIn`). What is left out: rows and
/// buffered writes that one step leaves to the next.
struct SampledSteps: StepExecutor {
    let simulator: Simulator
    let tokens: Int
    /// The part of the scratchpad that is for operand blocks; half of it if nothing is said.
    let operandBytes: Int?
    private var features: StepFeatures
    /// By the number of sub-batches, and by whether there are outputs.
    private var layers: [Int: Layers] = [:]
    private var ends: [Bool: Samples] = [:]
    /// Every step with the cycles that it was estimated to take in all, and in its first layers.
    private(set) var steps: [(step: SimulationStep, pools: [Int], cycles: Double, first: Double)] = []
    private(set) var idleCycles = 0
    private(set) var measuredRuns = 0
    /// Part of a cycle that steps so far are behind their estimates.
    private var remainder = 0.0

    /// A run and how often it counts.
    typealias WeightedRun = (weight: Double, result: SimulationResult)

    /// Layers of a step that are run exactly to see how far its estimate is off: with what one layer leaves to the next.
    static let checkedLayers = 2

    /// Runs of a measurement together last so many refresh intervals, but there are no more than so many of them.
    private static let refreshIntervals = 32
    private static let phases = 8

    /// What was measured of the layers of steps with as many sub-batches.
    private struct Layers {
        var samples: Samples
        /// Cycles by which a layer takes longer than the first one: a few hundredths of the weights' time.
        var following: SampleTable

        init(unit: Double) {
            samples = Samples(unit: unit)
            following = SampleTable(unit: unit, constant: 0.1, slope: 0.05)
        }
    }

    /// - Parameter tokens: the most that a step computes.
    init(_ simulator: Simulator, tokens: Int, operandBytes: Int?) {
        self.simulator = simulator
        self.tokens = tokens
        self.operandBytes = operandBytes
        features = StepFeatures(machine: simulator.machine, shard: simulator.shard) {
            simulator.attentionAlone($0)
        }
    }

    mutating func idle(_ cycles: Int) { idleCycles += cycles }

    mutating func run(_ step: SimulationStep, caches: CachePool) -> Int {
        let pools = simulator.requests.indices.map { caches.pool(of: $0) ?? 0 }
        return run(step, pools: pools)
    }

    mutating func run(_ step: SimulationStep, pools: [Int]) -> Int {
        let layer = layers(of: step, pools)
        var cycles = layer.cycles
        if simulator.options.includesHead {
            let hasOutputs = step.outputs > 0
            var samples = ends[hasOutputs] ?? Samples(unit: features.headCycles)
            let place = features.ofHead(step)
            let end = samples.estimate(at: place) ?? measureEnds(step, pools, place, &samples)
            ends[hasOutputs] = samples
            cycles += end.cycles
        }
        steps.append((step, pools, cycles, layer.first))
        remainder += cycles
        let whole = max(1, Int(remainder))
        remainder -= Double(whole)
        return whole
    }

    /// Cycles of all layers of a step, and of those that checks look at.
    private mutating func layers(of step: SimulationStep, _ pools: [Int]) -> Samples.Estimate {
        let count = simulator.options.layers
        let unit = features.weightCycles * Double(step.subBatches == 1 ? 1 : count)
        var layers = self.layers[step.subBatches] ?? Layers(unit: unit)
        defer { self.layers[step.subBatches] = layers }
        let place = features.of(step, pools: pools)
        if step.subBatches > 1 && count > 1 {
            return layers.samples.estimate(at: place) ?? measureTogether(step, pools, place, &layers.samples)
        }
        var more = count > 1 ? layers.following.estimate(at: place) : 0
        let first: Double
        if more != nil, let estimate = layers.samples.estimate(at: place) {
            first = estimate.cycles
        } else {
            let one = measure(step, pools, layers: 1, head: false)
            first = layers.samples.add(Samples.Sample(runs: one.weighted(1), first: 0), at: place).cycles
            if more == nil {
                let two = measure(step, pools, layers: 2, head: false, phases: one.phases)
                layers.following.add(place, value: two.cycles - 2 * one.cycles)
                more = two.cycles - 2 * one.cycles
            }
        }
        let other = first + (more ?? 0)
        return (first + Double(count - 1) * other, first + Double(min(Self.checkedLayers, count) - 1) * other)
    }

    /// Measures the layers of a step with sub-batches: the first one, and the mean of two more for each of the others.
    private mutating func measureTogether(
        _ step: SimulationStep, _ pools: [Int], _ place: [Double], _ samples: inout Samples
    ) -> Samples.Estimate {
        let count = simulator.options.layers
        let one = measure(step, pools, layers: 1, head: false)
        let deep = min(3, count)
        let three = measure(step, pools, layers: deep, head: false)
        let more = Double(count - 1) / Double(deep - 1)
        let each = (three.cycles - one.cycles) / Double(deep - 1)
        let first = one.cycles + Double(min(Self.checkedLayers, count) - 1) * each
        return samples.add(
            Samples.Sample(runs: one.weighted(1 - more) + three.weighted(more), first: first), at: place)
    }

    private mutating func measureEnds(
        _ step: SimulationStep, _ pools: [Int], _ place: [Double], _ samples: inout Samples
    ) -> Samples.Estimate {
        let runs = measure(step, pools, layers: 0, head: true)
        return samples.add(Samples.Sample(runs: runs.weighted(1), first: 0), at: place)
    }

    /// Runs of one thing that begin at different refresh phases.
    private struct Measurement {
        var phases: [Int]
        var results: [SimulationResult]

        var cycles: Double { Double(results.reduce(0) { $0 + $1.cycles }) / Double(results.count) }

        /// The mean of the runs, that counts so often.
        func weighted(_ weight: Double) -> [WeightedRun] {
            results.map { (weight / Double(results.count), $0) }
        }
    }

    /// - Parameter phases: where the runs begin; of its own choice if nothing is said.
    private mutating func measure(
        _ step: SimulationStep, _ pools: [Int], layers: Int, head: Bool, phases given: [Int]? = nil
    ) -> Measurement {
        let interval = max(1, simulator.machine.memory.timing.nREFI)
        let loads = features.loads(step, pools: pools)
        var measured = Measurement(phases: [], results: [])
        var needed = given?.count ?? 1
        while measured.results.count < needed {
            measuredRuns += 1
            // They fill the interval evenly, however many there are: multiples of the golden section.
            let share = (Double(measuredRuns) * 0.618_033_988_749_894_9).truncatingRemainder(dividingBy: 1)
            let phase = given?[measured.results.count] ?? Int(share * Double(interval))
            let result = simulator.runAlone(
                step, pools: pools, tokens: tokens, layers: layers, head: head, operandBytes: operandBytes,
                refreshPhase: simulator.options.refreshPhase + phase, standInLoads: loads)
            measured.phases.append(phase)
            measured.results.append(result)
            if given == nil, measured.results.count == 1 {
                let cycles = max(1, result.channels[0].cycles)
                needed = min(Self.phases, (Self.refreshIntervals * interval + cycles - 1) / cycles)
            }
        }
        return measured
    }

    /// All that the steps came to.
    func total() -> [WeightedRun] {
        let count = simulator.options.layers
        let parts = layers.keys.sorted().flatMap { cut in
            layers[cut]!.samples.total.map { (cut == 1 ? Double(count) * $0.weight : $0.weight, $0.result) }
        }
        return parts + [false, true].compactMap { ends[$0] }.flatMap(\.total)
    }

    /// Runs the first layers of some of the steps exactly, drawn at random, each once.
    func checks(_ count: Int) -> [SamplingResult.Check] {
        var random = RandomNumbers(seed: simulator.options.seed)
        var numbers = Array(steps.indices)
        for position in numbers.indices.prefix(count) {
            numbers.swapAt(position, position + random.nextIndex(below: numbers.count - position))
        }
        return numbers.prefix(count).sorted().map { number in
            let (step, pools, _, first) = steps[number]
            let exact = simulator.runAlone(
                step, pools: pools, tokens: tokens, layers: min(Self.checkedLayers, simulator.options.layers),
                head: false, operandBytes: operandBytes, refreshPhase: simulator.options.refreshPhase)
            return SamplingResult.Check(step: number, estimatedCycles: first, exactCycles: exact.cycles)
        }
    }
}

/// What was measured of one part of steps, and how much each measurement counts.
private struct Samples {
    /// Runs that together are the part, and the cycles of the layers that checks look at.
    struct Sample {
        var runs: [SampledSteps.WeightedRun]
        var first: Double
    }

    typealias Estimate = (cycles: Double, first: Double)

    private var table: SampleTable
    private var samples: [Sample] = []
    private var counted: [Double] = []

    init(unit: Double) { table = SampleTable(unit: unit) }

    /// - Returns: nil where a measurement is needed.
    mutating func estimate(at place: [Double]) -> Estimate? {
        guard let weights = table.weights(at: place) else { return nil }
        var estimate = (cycles: 0.0, first: 0.0)
        for (point, weight) in weights {
            counted[point] += weight
            estimate.cycles += weight * table.values[point]
            estimate.first += weight * samples[point].first
        }
        return estimate
    }

    /// Takes in a measurement, which counts for its own step.
    mutating func add(_ sample: Sample, at place: [Double]) -> Estimate {
        let cycles = sample.runs.reduce(0) { $0 + $1.weight * Double($1.result.cycles) }
        table.add(place, value: cycles)
        samples.append(sample)
        counted.append(1)
        return (cycles, sample.first)
    }

    var total: [SampledSteps.WeightedRun] {
        zip(counted, samples).flatMap { count, sample in sample.runs.map { (count * $0.weight, $0.result) } }
    }
}
