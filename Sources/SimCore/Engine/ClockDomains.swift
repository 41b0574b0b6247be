/// Conversion between ticks of the NPU's clock and of the memory's clock, both counted from the same instant.
///
/// The ratio is exact; an instant becomes the first tick of the other clock that is not earlier.
struct ClockDomains: Sendable {
    private let npuHertz: Int
    private let memoryHertz: Int
    private let isSame: Bool

    init(npuHertz: Int, memoryHertz: Int) {
        precondition(npuHertz > 0 && memoryHertz > 0, "clocks run")
        var a = npuHertz
        var b = memoryHertz
        while b != 0 { (a, b) = (b, a % b) }
        self.npuHertz = npuHertz / a
        self.memoryHertz = memoryHertz / a
        isSame = npuHertz == memoryHertz
    }

    func memoryTick(ofNPU tick: Int) -> Int { isSame ? tick : Self.scaled(tick, memoryHertz, npuHertz) }
    func npuTick(ofMemory tick: Int) -> Int { isSame ? tick : Self.scaled(tick, npuHertz, memoryHertz) }

    /// Whole memory ticks in a length of NPU ticks.
    func wholeMemoryTicks(inNPU length: Int) -> Int {
        isSame ? length : Int(Int128(length) * Int128(memoryHertz) / Int128(npuHertz))
    }

    private static func scaled(_ tick: Int, _ numerator: Int, _ denominator: Int) -> Int {
        let product = Int128(tick) * Int128(numerator)
        let quotient = product / Int128(denominator)
        return Int(product % Int128(denominator) > 0 ? quotient + 1 : quotient)
    }
}
