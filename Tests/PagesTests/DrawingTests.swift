import Testing

@testable import Pages

@Suite struct DrawingTests {
    @Test func markupIsEscaped() {
        #expect(Markup.escaped("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;")
        #expect(Markup.escaped("a\u{0}b\u{1B}c\n") == "a\u{FFFD}b\u{FFFD}c\n")
    }

    @Test func coordinatesHaveNoExponent() {
        #expect(
            [0, 1, -0.004, 12.5, 3.14159, -7.05, 1e300].map(Markup.coordinate) == [
                "0", "1", "0", "12.5", "3.14", "-7.05", "1000000000",
            ])
        #expect(Markup.coordinate(.nan) == "0")
    }

    @Test func ticksAreRound() {
        #expect(Scale([0, 97], from: 0, to: 100, zero: true).ticks(5) == [0, 20, 40, 60, 80, 100])
        let scale = Scale([3, 850], from: 0, to: 100, isLogarithmic: true)
        #expect(scale.ticks(8).map(Tick.text) == ["1", "10", "100", "1000"])
        #expect(scale.place(scale.low) == 0 && scale.place(scale.high) == 100)
        #expect(
            [0, 0.25, 1500, 20_000, 3e6, 1e-7, -4].map(Tick.text) == ["0", "0.25", "1500", "20k", "3M", "1e-7", "-4"])
    }

    @Test(arguments: [[Double](), [5], [5, 5, 5], [-3, -3], [0], [1e-300, 1e300], [.nan, .infinity]])
    func anyValuesHaveAnAxis(_ values: [Double]) {
        for isLogarithmic in [false, true] {
            for zero in [false, true] {
                let scale = Scale(values, from: 10, to: 20, isLogarithmic: isLogarithmic, zero: zero)
                let finite = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
                #expect(scale.high > scale.low)
                #expect(scale.ticks().count <= 1000 && scale.ticks().allSatisfy(\.isFinite))
                for value in finite { #expect((9.99...20.01).contains(scale.place(value)), "\(value) of \(values)") }
            }
        }
    }

    @Test func lanesHoldNoOverlap() {
        let lanes = Lanes.assign([(0, 10), (5, 8), (10, 12), (8, 9), (0, 1)])
        #expect(lanes.count == 2 && lanes.of == [1, 0, 0, 0, 0])
        #expect(Lanes.assign([]).count == 0)
    }

    @Test func textIsCutToItsRoom() {
        #expect(TextWidth.cut("short", to: 200) == "short")
        let cut = TextWidth.cut(String(repeating: "wide", count: 50), to: 100)
        #expect(cut.hasSuffix("…") && TextWidth.of(cut) <= 100)
        #expect(TextWidth.cut("x", to: 1) == "")
    }
}
