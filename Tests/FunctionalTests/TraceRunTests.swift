import Foundation
import Testing
import Workload

@testable import Functional

/// The operator trace of runs with real weights.
@Suite struct TraceRunTests {
    static func tracer(_ name: String) throws -> TraceRun {
        let model = try Transformer(folder: Fixtures.modelFolder(name))
        return TraceRun(model: model, tokenizer: ByteTokenizer(), name: name)
    }

    /// The passes of a run, and its tokens.
    static func passes(
        _ run: TraceRun, _ requests: [Generator.Request]
    ) throws -> (passes: [TraceIteration], tokens: [[Int]]) {
        var passes: [TraceIteration] = []
        let tokens = try run.run(requests, plan: run.header.plan) { (pass) throws(TraceFileError) in
            passes.append(pass)
        }
        return (passes, tokens)
    }

    static let requests = [
        Generator.Request(id: 4, prompt: [5, 9, 12, 40, 41, 42, 17], newTokens: 5),
        Generator.Request(id: 7, prompt: [33], newTokens: 3),
        Generator.Request(id: 2, prompt: [60, 61, 62, 2], newTokens: 6),
    ]

    /// Multiply-accumulates from the weight file alone: each matrix once per token that meets it, and 2 h w_h per
    /// query-key pair and layer.
    static func closedFormula(_ model: Transformer, _ passes: [TraceIteration]) -> Int {
        let config = model.config
        var perToken = 0
        var perExpertVisit = 0
        for tensor in model.store.files[0].tensors.values where tensor.shape.count == 2 {
            if tensor.name.contains("embed") || tensor.name.contains("wte") || tensor.name.contains("wpe")
                || tensor.name.contains("lm_head") || tensor.name.contains("project_out")
            {
                continue
            }
            if tensor.name.contains(".experts.") { perExpertVisit += tensor.count } else { perToken += tensor.count }
        }
        if let experts = config.experts { perExpertVisit /= experts.count }
        var macs = 0
        for pass in passes {
            for request in pass.requests {
                macs += request.newTokens * (perToken + perExpertVisit * (config.experts?.topK ?? 0))
                for window in config.windows {
                    macs += 2 * config.heads * config.headWidth * request.pairs(window: window)
                }
                let projection = config.embeddingWidth == config.width ? 0 : config.width * config.embeddingWidth
                macs += request.outputs * (config.vocabulary * config.embeddingWidth + projection)
            }
        }
        return macs
    }

    @Test(arguments: Fixtures.families)
    func macsOfTheTraceEqualTheWeightsTimesTheTokensThatMetThem(name: String) throws {
        let run = try Self.tracer(name)
        let passes = try Self.passes(run, Self.requests).passes
        let macs = passes.reduce(0) { $0 + $1.macs(isGated: run.model.config.isGated) }
        #expect(macs == Self.closedFormula(run.model, passes))
    }

    /// Bytes of weights that a pass over one token names, against the file: embeddings by row, experts by visit.
    @Test(arguments: ["llama", "qwen2", "qwen3", "gpt2", "opt"])
    func weightBytesOfADensePassEqualTheFile(name: String) throws {
        let run = try Self.tracer(name)
        let pass = try Self.passes(run, [.init(id: 0, prompt: [7], newTokens: 1)]).passes[0]
        var bytes = 0
        for tensor in run.model.store.files[0].tensors.values {
            let isTable = tensor.name.contains("embed") || tensor.name.contains("wte") || tensor.name.contains("wpe")
            bytes += isTable ? tensor.range.count / tensor.shape[0] : tensor.range.count
        }
        if run.model.config.isTied {
            bytes += run.model.config.vocabulary * run.model.config.embeddingWidth * run.header.formats.weights.bits / 8
        }
        var named = 0
        for operation in pass.before + pass.after where operation.kind != .attend { named += operation.weightBytes }
        for layer in 0..<pass.layerCount {
            for operation in pass.operators(layer: layer) where ![.logit, .attend].contains(operation.kind) {
                named += operation.weightBytes
            }
        }
        #expect(named == bytes)
    }

    @Test(arguments: ["mixtral", "qwen2-moe", "qwen3-moe"])
    func tokensRoutedPerLayerAreTokensTimesK(name: String) throws {
        let run = try Self.tracer(name)
        let shape = run.header.shape
        for pass in try Self.passes(run, Self.requests).passes {
            let tokens = pass.requests.reduce(0) { $0 + $1.newTokens }
            for layer in 0..<shape.layers where shape.isSparse(layer: layer) {
                let rows = pass.operators(layer: layer).filter { $0.kind == .expert }.reduce(0) { $0 + $1.rows }
                #expect(rows == tokens * shape.topK)
            }
        }
    }

    @Test(arguments: ["mixtral", "qwen2-moe", "mistral-window"])
    func aRequestCutFromABatchIsTheRequestRunAlone(name: String) throws {
        let run = try Self.tracer(name)
        let plan = run.header.plan
        let (together, texts) = try Self.passes(run, Self.requests)
        for (request, text) in zip(Self.requests, texts) {
            let (alone, ownText) = try Self.passes(run, [request])
            let cut = together.compactMap { $0.cut([request.id], plan: plan) }
            #expect([text] == ownText)
            #expect(cut.count == alone.count)
            for (a, b) in zip(cut, alone) {
                #expect(a.requests == b.requests)
                #expect(a.layerOperators == b.layerOperators)
                #expect(a.records.routes == b.records.routes)
                #expect(a.records.experts == b.records.experts)
                // Gate weights pass through products of other shapes: the same up to rounding.
                #expect(zip(a.records.gates, b.records.gates).allSatisfy { abs($0 - $1) <= 20 })
            }
        }
    }

    /// Dense shapes: a run with weights and an expansion without give the same passes, but for what is recorded.
    @Test(arguments: ["llama", "mistral-window", "qwen3", "gpt2", "opt-post-norm"])
    func aShapeWithoutWeightsExpandsToTheSamePasses(name: String) throws {
        var run = try Self.tracer(name)
        run.options.chunk = 4
        run.options.batch = 2
        let expansion = TraceExpansion(shape: run.header.shape, formats: run.header.formats)
        let schedule = TraceSchedule(
            Self.requests.map { .init(id: $0.id, prompt: $0.prompt.count, newTokens: $0.newTokens) }, chunk: 4, batch: 2
        )
        var expanded: [TraceIteration] = []
        expansion.run(schedule) { expanded.append($0) }
        #expect(try Self.passes(run, Self.requests).passes == expanded)
    }

    @Test func textsDoNotDependOnBatchOrChunk() throws {
        var run = try Self.tracer("qwen3-moe")
        run.options.sampler = Sampler(temperature: 0.8, seed: 11)
        let whole = try Self.passes(run, Self.requests)
        run.options.chunk = 3
        run.options.batch = 2
        let pieces = try Self.passes(run, Self.requests)
        #expect(whole.tokens == pieces.tokens)
        #expect(pieces.passes[0].requests.map(\.newTokens) == [3, 1])
        #expect(pieces.passes[0].requests.map(\.outputs) == [0, 1])
        #expect(pieces.passes.allSatisfy { $0.requests.count <= 2 })
        run.options.sampler.seed = 12
        #expect(try Self.passes(run, Self.requests).tokens != whole.tokens)
    }

    @Test func whatIsRecordedKeepsItsBounds() throws {
        var run = try Self.tracer("mixtral")
        run.records = .all
        let (passes, _) = try Self.passes(run, Self.requests)
        for pass in passes {
            let tokens = pass.requests.reduce(0) { $0 + $1.newTokens }
            #expect(pass.records.routes.count == 2 * tokens)
            #expect(pass.records.guesses.count == tokens)
            #expect(pass.records.similarities.count == 2 * tokens)
            #expect(pass.records.exits.count == 2 * tokens)
            for record in pass.records.attentions {
                #expect(record.heaviest5 <= record.heaviest10 && record.heaviest10 <= record.heaviest20)
                #expect(record.heaviest20 <= 1_000_010)
                #expect((999...Int32(record.key.token + 1) * 1000 + 9).contains(record.effectiveKeys))
            }
            // The last layer's exit is the model itself.
            for exit in pass.records.exits where exit.key.layer == 1 {
                #expect(exit.token == exit.modelToken)
                #expect(abs(exit.acceptance - 1_000_000) < 20)
            }
        }
    }

    @Test func aTraceFileReadsBackAsTheRunMadeIt() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var run = try Self.tracer("qwen2-moe")
        run.records = .all
        let path = folder + "/run.trace.gz"
        let tokens = try run.run(Self.requests, to: path)
        let (passes, again) = try Self.passes(run, Self.requests)
        #expect(tokens == again)
        let reader = try TraceReader(path: path)
        #expect(reader.header == run.header)
        var read: [TraceIteration] = []
        while let pass = try reader.next() { read.append(pass) }
        #expect(read == passes)
        let statistics = try TraceStatistics(try TraceReader(path: path))
        #expect(statistics.values("exit_agreement").last == 1)
        let use = statistics.rows.filter { $0.statistic == "expert_use" && $0.layer == 1 }
        #expect(abs(use.reduce(0) { $0 + $1.value } - 1) < 1e-9)
    }
}
