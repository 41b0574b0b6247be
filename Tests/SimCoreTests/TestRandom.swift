import Workload

/// Short names for the generator of the tests.
struct TestRandom {
    private var numbers: RandomNumbers

    init(seed: UInt64) { numbers = RandomNumbers(seed: seed) }

    mutating func index(below bound: Int) -> Int { numbers.nextIndex(below: bound) }
    mutating func chance(_ share: Double) -> Bool { numbers.nextUnit() < share }
}
