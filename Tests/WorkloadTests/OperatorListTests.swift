import Quantities
import Testing
import Workload

@Suite struct OperatorListTests {
    private let library = ModelLibrary(directories: [shippedModels])

    private func shard(_ name: String, _ ways: Int) throws -> ModelShard {
        try ModelShard(of: try library.model(name), ways: ways)
    }

    private let decode = [BatchEntry(request: 0, context: 200), BatchEntry(request: 7, context: 31)]

    @Test func aTwoMatrixLayerHasTheseOperatorsInOrder() throws {
        let list = OperatorList.layer(of: try shard("gpt3-7b", 4), batch: decode, bits: .half)
        #expect(
            list.operators.map(\.kind.rawValue) == [
                "norm_attn", "qkv", "logit", "softmax", "attend", "logit", "softmax", "attend", "proj",
                "allreduce_attn", "residual_attn", "norm_ffn", "fc1", "activation", "fc2", "allreduce_ffn",
                "residual_ffn",
            ])
        #expect(list.operators.map(\.request) == [nil, nil, 0, 0, 0, 7, 7, 7] + .init(repeating: nil, count: 9))
    }

    @Test func aGatedLayerWithRotationOnOneDeviceHasTheseOperatorsInOrder() throws {
        let batch = [BatchEntry(request: 0, context: 5)]
        var list = OperatorList(shard: try shard("llama-2-7b", 1), batch: batch, bits: .half)
        list.appendEmbedding()
        list.appendLayer(0)
        list.appendHead()
        #expect(
            list.operators.map(\.kind.rawValue) == [
                "embed", "norm_attn", "qkv", "rope", "logit", "softmax", "attend", "proj", "residual_attn",
                "norm_ffn", "gate_up", "activation", "down", "residual_ffn", "norm_final", "lm_head",
            ])
    }

    @Test func sizesOfGPT3On4Devices() throws {
        let list = OperatorList.layer(of: try shard("gpt3-7b", 4), batch: decode, bits: .half)
        func find(_ kind: OperatorKind) -> Operator { list.operators.first { $0.kind == kind }! }
        let qkv = find(.qkv)
        #expect([qkv.m, qkv.n, qkv.k] == [2, 3 * 1024, 4096])
        #expect(qkv.weightBytes == Bytes((3072 * 4096 + 3072) * 2))
        #expect(qkv.inputBytes == Bytes(2 * 4096 * 2) && qkv.outputBytes == Bytes(2 * 3072 * 2))
        let logit = find(.logit)
        #expect([logit.m, logit.n, logit.k, logit.heads] == [1, 200, 128, 8])
        #expect(logit.macs == 8 * 200 * 128)
        #expect(logit.cacheReadBytes == Bytes(200 * 1024 * 2) && logit.cacheWriteBytes == Bytes(1024 * 2))
        let attend = find(.attend)
        #expect([attend.m, attend.n, attend.k, attend.heads] == [1, 128, 200, 8])
        #expect(find(.softmax).elements == 8 * 200)
        #expect(find(.allReduceAttention).linkBytes == Bytes(2 * 4096 * 2))
        #expect([find(.fc2).m, find(.fc2).n, find(.fc2).k] == [2, 4096, 4096])
        #expect(find(.activation).elements == 2 * 4096)
    }

    @Test(arguments: ["gpt3-7b", "llama-2-70b", "mistral-7b", "opt-30b"], [1, 4])
    func totalOfMACsIsTheClosedFormula(name: String, ways: Int) throws {
        let model = try library.model(name)
        let batch = [
            BatchEntry(request: 0, context: 900), BatchEntry(request: 1, newTokens: 64, context: 64),
            BatchEntry(request: 2, newTokens: 3, context: 10),
        ]
        let list = OperatorList.layer(of: try shard(name, ways), batch: batch, bits: .half)
        // Per token: d·(h + 2g)·s for QKV, h·s·d for the projection, f matrices of d·ffn. Per pair of a token and one it
        // attends to: 2·h·s. The pairs: 900; 1 + 2 + ... + 64; 8 + 9 + 10.
        let (d, s, h, g) = (model.hiddenSize, model.headSize, model.heads, model.kvHeads)
        let perToken = d * (h + 2 * g) * s + h * s * d + model.ffnMatrices * d * model.ffnSize!
        let pairs = 900 + 64 * 65 / 2 + 27
        #expect(list.macs * ways == 68 * perToken + 2 * h * s * pairs)
    }

    @Test(arguments: ["gpt3-7b", "opt-6.7b", "llama-2-7b", "llama-3.1-8b"])
    func weightsOfALayerAreItsParameters(name: String) throws {
        let shard = try shard(name, 1)
        let list = OperatorList.layer(of: shard, batch: decode, bits: ElementBits(weight: 8, activation: 16, cache: 16))
        let bytes = list.operators.reduce(Bytes.zero) { $0 + $1.weightBytes }
        #expect(bytes == Bytes(Int64(shard.model.parameterCount(layer: 0))))
    }

    @Test func dependenciesPointBackAndReachEveryOperator() throws {
        var list = OperatorList(shard: try shard("llama-3.1-8b", 2), batch: decode, bits: .half)
        list.appendEmbedding()
        list.appendLayer(0)
        list.appendLayer(1)
        list.appendHead()
        var used = Set<Int>()
        for (index, next) in list.operators.enumerated() {
            #expect(next.dependencies.allSatisfy { $0 < index })
            #expect(index == 0 || !next.dependencies.isEmpty)
            used.formUnion(next.dependencies)
        }
        #expect(used.count == list.operators.count - 1)
        // Requests do not wait for each other: both logits wait for the rotation alone.
        let rope = list.operators.firstIndex { $0.kind == .rope }!
        let logits = list.operators.prefix(12).filter { $0.kind == .logit }
        #expect(logits.map(\.dependencies) == [[rope], [rope]])
    }

    @Test func subBatchesAddUpToTheBatch() throws {
        let shard = try shard("gpt3-13b", 4)
        let parts = decode.map { OperatorList.layer(of: shard, batch: [$0], bits: .half).macs }
        #expect(parts.reduce(0, +) == OperatorList.layer(of: shard, batch: decode, bits: .half).macs)
    }

    @Test func groupedQueriesReadTheirKeysOnce() throws {
        let list = OperatorList.layer(of: try shard("llama-2-70b", 8), batch: decode, bits: .half)
        let logit = list.operators.first { $0.kind == .logit }!
        #expect(logit.heads == 8 && logit.macs == 8 * 200 * 128)
        #expect(logit.cacheReadBytes == Bytes(200 * 128 * 2))
    }

    @Test func aMixtureListsTheExpertsThatHaveTokens() throws {
        let mixtral = ModelShape(
            name: "mixtral-8x7b", layers: 32, hiddenSize: 4096, heads: 32, kvHeads: 8, headSize: 128, ffnSize: nil,
            ffnMatrices: 3, activation: .silu, norm: .rmsnorm, positions: .rope, vocabulary: 32000,
            tiedEmbeddings: false, bias: .none, experts: .init(count: 8, topK: 2, shared: 0, ffnSize: 14336))
        var list = OperatorList(shard: try ModelShard(of: mixtral, ways: 1), batch: decode, bits: .half)
        list.appendLayer(0, expertTokens: [0, 2, 0, 0, 1, 0, 0, 1])
        let experts = list.operators.filter { $0.expert != nil }
        #expect(experts.map(\.expert) == [1, 1, 1, 4, 4, 4, 7, 7, 7])
        #expect(experts.prefix(3).map(\.kind.rawValue) == ["expert_gate_up", "expert_activation", "expert_down"])
        #expect(experts.reduce(0) { $0 + $1.macs } == 4 * 3 * 4096 * 14336)
        let combine = list.operators.first { $0.kind == .combine }!
        #expect(combine.dependencies.count == 3)
    }

    @Test func aMixtureWithoutRoutesIsAProgrammersError() async {
        await #expect(processExitsWith: .failure) {
            let shape = ModelShape(
                name: "m", layers: 1, hiddenSize: 8, heads: 1, kvHeads: 1, headSize: 8, ffnSize: nil, ffnMatrices: 2,
                activation: .relu, norm: .rmsnorm, positions: .rope, vocabulary: 8, tiedEmbeddings: true, bias: .none,
                experts: .init(count: 2, topK: 1, shared: 0, ffnSize: 8))
            let shard = try ModelShard(of: shape, ways: 1)
            _ = OperatorList.layer(of: shard, batch: [BatchEntry(request: 0, context: 1)], bits: .half)
        }
    }
}
