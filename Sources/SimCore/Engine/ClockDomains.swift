import Quantities

/// Conversion between ticks of the NPU's clock and of the memory's clock, both counted from the same instant.
///
/// The ratio is exact; an instant becomes the first tick of the other clock that is not earlier.
struct ClockDomains: Sendable {
    /// The ratio of the two rates in lowest terms: for every `npuRate` ticks of the one `memoryRate` of the other.
    private let npuRate: Int
    private let memoryRate: Int
    private let isSame: Bool

    init(npu: ClockPeriod, memory: ClockPeriod) {
        let ratio = npu.time.value / memory.time.value
        memoryRate = Int(ratio.numerator)
        npuRate = Int(ratio.denominator)
        isSame = memoryRate == npuRate
    }

    /// The least number of lengths of `length` memory ticks that together end on a tick of the NPU's clock too.
    func repetitions(ofMemory length: Int) -> Int {
        var (a, b) = (length, memoryRate)
        while b != 0 { (a, b) = (b, a % b) }
        return memoryRate / a
    }

    func memoryTick(ofNPU tick: Int) -> Int { isSame ? tick : Self.scaled(tick, memoryRate, npuRate) }
    func npuTick(ofMemory tick: Int) -> Int { isSame ? tick : Self.scaled(tick, npuRate, memoryRate) }

    /// Whole memory ticks in a length of NPU ticks.
    func wholeMemoryTicks(inNPU length: Int) -> Int {
        isSame ? length : Int(Int128(length) * Int128(memoryRate) / Int128(npuRate))
    }

    private static func scaled(_ tick: Int, _ numerator: Int, _ denominator: Int) -> Int {
        let product = Int128(tick) * Int128(numerator)
        let quotient = product / Int128(denominator)
        return Int(product % Int128(denominator) > 0 ? quotient + 1 : quotient)
    }
}
