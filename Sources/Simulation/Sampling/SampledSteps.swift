import SimCore
import Workload

/// Times of steps from few measurements: a layer of a step is run at command level where those that were tell too little.
///
/// The layers of a dense model are alike, and each begins when the one before it has ended, so a step is a first layer, as
/// many others, which take longer by what the one before leaves them (`following`), and once embedding and head. With
/// sub-batches, which run on into the next layer, others count what each of two further ones adds. Each measurement begins
/// at another refresh phase, with all rows closed, and channels that only decode are stood for by the busiest of them
/// (`ChannelStandIn`). What is left out: rows and buffered writes that one step leaves to the next.
struct SampledSteps: StepExecutor {
    let simulator: Simulator
    let tokens: Int
    private var features: StepFeatures
    /// By the number of sub-batches, and by whether there are outputs.
    private var layers: [Int: Samples] = [:]
    private var ends: [Bool: Samples] = [:]
    /// Every step with the cycles that it was estimated to take in all, and in its first layers.
    private(set) var steps: [(step: SimulationStep, pools: [Int], cycles: Double, first: Double)] = []
    private(set) var idleCycles = 0
    private(set) var measuredRuns = 0
    /// Cycles of first layers, and of the second ones that follow on them, where both were measured.
    private var following = (first: 0, second: 0)
    /// Part of a cycle that steps so far are behind their estimates.
    private var remainder = 0.0

    /// A run and how often it counts.
    typealias WeightedRun = (weight: Double, result: SimulationResult)

    /// Layers of a step that are run exactly to see how far its estimate is off: with what one layer leaves to the next.
    static let checkedLayers = 2

    /// Of so many measurements of a layer one goes on to the next layer.
    private static let followed = 8

    /// How much longer than the first layer others take.
    private var others: Double { following.first > 0 ? Double(following.second) / Double(following.first) : 1 }

    /// - Parameter tokens: the most that a step computes.
    init(_ simulator: Simulator, tokens: Int) {
        self.simulator = simulator
        self.tokens = tokens
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
        let count = simulator.options.layers
        let unit = features.weightCycles * Double(step.subBatches == 1 ? 1 : count)
        var samples = layers[step.subBatches] ?? Samples(unit: unit)
        let place = features.of(step, pools: pools)
        var layer = samples.estimate(at: place) ?? measureLayers(step, pools, place, &samples)
        layers[step.subBatches] = samples
        if step.subBatches == 1 {
            // What was measured is a first layer.
            layer.first = layer.cycles * (1 + Double(min(Self.checkedLayers, count) - 1) * others)
            layer.cycles *= 1 + Double(count - 1) * others
        }
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

    private mutating func measureLayers(
        _ step: SimulationStep, _ pools: [Int], _ place: [Double], _ samples: inout Samples
    ) -> Samples.Estimate {
        let count = simulator.options.layers
        let checked = min(Self.checkedLayers, count)
        guard step.subBatches > 1 && count > 1 else {
            let run = measure(step, pools, layers: 1, head: false)
            if count > 1, measuredRuns % Self.followed == 1 {
                let two = measure(step, pools, layers: 2, head: false, samePhase: true)
                following.first += run.cycles
                following.second += two.cycles - run.cycles
            }
            return samples.add(Samples.Sample(runs: [(1, run)], first: Double(run.cycles)), at: place)
        }
        // The first layer, and the mean of two more for each of the others.
        let one = measure(step, pools, layers: 1, head: false)
        let deep = min(3, count)
        let three = measure(step, pools, layers: deep, head: false)
        let more = Double(count - 1) / Double(deep - 1)
        let each = Double(three.cycles - one.cycles) / Double(deep - 1)
        let first = Double(one.cycles) + Double(checked - 1) * each
        return samples.add(Samples.Sample(runs: [(1 - more, one), (more, three)], first: first), at: place)
    }

    private mutating func measureEnds(
        _ step: SimulationStep, _ pools: [Int], _ place: [Double], _ samples: inout Samples
    ) -> Samples.Estimate {
        let result = measure(step, pools, layers: 0, head: true)
        return samples.add(Samples.Sample(runs: [(1, result)], first: 0), at: place)
    }

    /// - Parameter samePhase: begin where the measurement before began.
    private mutating func measure(
        _ step: SimulationStep, _ pools: [Int], layers: Int, head: Bool, samePhase: Bool = false
    ) -> SimulationResult {
        if !samePhase { measuredRuns += 1 }
        // Phases that fill the interval evenly, however many there are: multiples of the golden section.
        let share = (Double(measuredRuns) * 0.618_033_988_749_894_9).truncatingRemainder(dividingBy: 1)
        let phase = Int(share * Double(max(1, simulator.machine.memory.timing.nREFI)))
        return simulator.runAlone(
            step, pools: pools, tokens: tokens, layers: layers, head: head,
            refreshPhase: simulator.options.refreshPhase + phase, standInLoads: features.loads(step, pools: pools))
    }

    /// All that the steps came to.
    func total() -> [WeightedRun] {
        let count = simulator.options.layers
        let parts = layers.keys.sorted().flatMap { cut in
            layers[cut]!.total.map { (cut == 1 ? Double(count) * $0.weight : $0.weight, $0.result) }
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
                head: false, refreshPhase: simulator.options.refreshPhase)
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
