import Testing

@testable import Workload

@Suite struct TraceScalingTests {
    static func large(_ experts: Int) -> TraceModelShape {
        var shape = TraceSamples.sparse
        (shape.name, shape.layers, shape.width, shape.denseLayers) = ("large", 5, 64, [])
        (shape.experts, shape.topK) = (experts, experts > 0 ? 2 : 0)
        return shape
    }

    @Test func sparseLayersTakeTheRoutesOfTheirShareOfTheSmallModel() throws {
        let header = TraceSamples.header(TraceSamples.sparse)
        let pass = TraceSamples.passes(header)[0]
        let scaling = try TraceScaling(from: header, to: Self.large(6), formats: TraceSamples.formats, file: "t")
        let scaled = scaling.scale(pass)
        #expect(scaling.header.source == "scaled")
        #expect(scaling.header.notes["scaled from"] == "sparse=100%")
        #expect(scaled.requests == pass.requests)
        // Five layers over the small model's sparse layers 1 and 2: 0, 1, 2 take layer 1, the others layer 2.
        for (layer, source) in [(0, 1), (2, 1), (3, 2), (4, 2)] {
            func experts(_ pass: TraceIteration, _ layer: Int) -> [Int?] {
                pass.operators(layer: layer).filter { $0.kind == .expert }.map(\.expert)
            }
            #expect(experts(scaled, layer) == experts(pass, source))
        }
        #expect(scaled.layerCount == 5)
        #expect(scaled.operators(layer: 0)[0].columns == 64)
    }

    @Test func aDenseShapeTakesLengthsOnly() throws {
        let header = TraceSamples.header(TraceSamples.sparse)
        let scaling = try TraceScaling(from: header, to: Self.large(0), formats: TraceSamples.formats, file: "t")
        let scaled = scaling.scale(TraceSamples.passes(header)[0])
        #expect(scaled.records == TraceRecords())
        #expect(scaled.runs.count == 1)
    }

    @Test func routingThatDoesNotFitIsRefused() {
        let header = TraceSamples.header(TraceSamples.sparse)
        let error = #expect(throws: TraceFileError.self) {
            try TraceScaling(from: header, to: Self.large(8), formats: TraceSamples.formats, file: "t")
        }
        #expect(
            error?.description
                == "t: error: the routing of sparse=100% (2 of 6 experts) does not fit large (2 of 8)")
    }
}
