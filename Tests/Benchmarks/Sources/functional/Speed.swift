import Foundation
import Functional

/// Prefill against this machine's `cblas_sgemm` on the same shapes, and decode against reading the weights once, on a
/// dense Llama layout of 8 layers and width 512 with random weights.
struct Speed {
    let width = 512
    let inner = 1408
    let layers = 8
    let heads = 8
    let vocabulary = 4096
    let prompt = 512

    func print() throws {
        let folder = NSTemporaryDirectory() + "/speed-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write(folder)
        let model = try Transformer(folder: folder)
        try prefill(model)
        try decode(model)
    }

    /// Products of one layer for `rows` tokens, [n, k], all with weights stored [n, k].
    private var layerProducts: [(n: Int, k: Int)] {
        [
            (width, width), (width, width), (width, width), (width, width), (inner, width), (inner, width),
            (width, inner),
        ]
    }

    /// Query rows and keys of the blocks in which a prompt's attention is computed.
    private var attentionProducts: [(rows: Int, keys: Int)] {
        stride(from: 0, to: prompt, by: 128).map { (128, $0 + 128) }
    }

    private func prefill(_ model: Transformer) throws {
        let tokens = (0..<prompt).map { ($0 * 7919) % vocabulary }
        func run() throws {
            let segment = Transformer.Segment(cache: KeyValueCache(model.config), tokens: tokens, outputs: .last)
            try model.forward([segment]) { _, _, _ in }
        }
        try run()
        let pass = try best(20) { try run() }
        // The same products alone, in the same order, on buffers of their own.
        let a = buffer(prompt * inner)
        let c = buffer(prompt * inner)
        let weights = layerProducts.map { buffer($0.n * $0.k) }
        let gemm = best(20) {
            for _ in 0..<layers {
                for (product, weight) in zip(layerProducts, weights) {
                    BLAS.multiply(
                        a, lda: product.k, weight, ldb: product.k, transposed: true, into: c, ldc: product.n, m: prompt,
                        n: product.n, k: product.k)
                }
            }
        }
        let blocks = attentionProducts
        let keys = buffer(prompt * width)
        let attentionGemm = best(20) {
            for _ in 0..<layers * heads {
                for block in blocks {
                    BLAS.multiply(
                        a, lda: 3 * width, keys, ldb: width, transposed: true, into: c, ldc: block.keys, m: block.rows,
                        n: block.keys, k: width / heads)
                    BLAS.multiply(
                        c, lda: block.keys, keys, ldb: width, transposed: false, into: a, ldc: width, m: block.rows,
                        n: width / heads, k: block.keys)
                }
            }
        }
        let linear = 2.0 * Double(layers * prompt) * Double(layerProducts.reduce(0) { $0 + $1.n * $1.k })
        // Causal attention needs half of the rectangle.
        let attention = 2.0 * Double(layers) * 2 * Double(width) * Double(prompt) * Double(prompt + 1) / 2
        let rate = linear / gemm * 1e-9
        let ours = (linear + attention) / pass * 1e-9
        Swift.print("prefill of \(prompt) tokens: \(ms(pass)) ms, \(tenth(ours)) GFLOP/s of needed work")
        Swift.print("its weight products alone with cblas_sgemm: \(ms(gemm)) ms, \(tenth(rate)) GFLOP/s")
        Swift.print("its attention products alone with cblas_sgemm: \(ms(attentionGemm)) ms")
        Swift.print("prefill at \(tenth(100 * ours / rate)) % of the rate of its weight products")
        Swift.print("all its products take \(tenth(100 * (gemm + attentionGemm) / pass)) % of its time")
    }

    private func decode(_ model: Transformer) throws {
        let cache = KeyValueCache(model.config)
        let tokens = (0..<128).map { ($0 * 31) % vocabulary }
        try model.forward([.init(cache: cache, tokens: tokens, outputs: .none)]) { _, _, _ in }
        let pass = try best(40) {
            cache.truncate(to: 128)
            try model.forward([.init(cache: cache, tokens: [5], outputs: .last)]) { _, _, _ in }
        }
        let count = layers * layerProducts.reduce(0) { $0 + $1.n * $1.k } + vocabulary * width
        let memory = buffer(count)
        let (x, y) = (buffer(width), buffer(count / width))
        // One product with all weights as one matrix: the fastest reader at hand, faster than a plain sum.
        let read = best(40) {
            BLAS.multiply(
                x, lda: width, memory, ldb: width, transposed: true, into: y, ldc: 1, m: 1, n: count / width, k: width)
        }
        Swift.print(
            "decode of one token: \(ms(pass)) ms; reading its \((count * 4) >> 20) MiB of weights once: \(ms(read)) ms")
        Swift.print("decode takes \((100 * pass / read).rounded() / 100) times reading the weights")
    }

    private func best(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
        var least = Double.infinity
        for _ in 0..<count {
            let start = seconds()
            try body()
            least = min(least, seconds() - start)
        }
        return least
    }

    private func buffer(_ count: Int) -> UnsafeMutablePointer<Float> {
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: count)
        for index in 0..<count { memory[index] = Float(index % 17) * 0.01 }
        return memory
    }

    private func ms(_ seconds: Double) -> Double { (seconds * 1e5).rounded() / 100 }
    private func tenth(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    /// A model folder with random weights in F32.
    private func write(_ folder: String) throws {
        let config = """
            {"model_type": "llama", "hidden_size": \(width), "intermediate_size": \(inner), "num_hidden_layers": \(layers),
             "num_attention_heads": \(heads), "vocab_size": \(vocabulary), "max_position_embeddings": 2048,
             "tie_word_embeddings": true}
            """
        try config.write(toFile: folder + "/config.json", atomically: true, encoding: .utf8)
        var entries: [(String, [Int])] = [
            ("model.embed_tokens.weight", [vocabulary, width]), ("model.norm.weight", [width]),
        ]
        for layer in 0..<layers {
            let name = "model.layers.\(layer)."
            for part in ["q_proj", "k_proj", "v_proj", "o_proj"] {
                entries.append((name + "self_attn.\(part).weight", [width, width]))
            }
            entries.append((name + "mlp.gate_proj.weight", [inner, width]))
            entries.append((name + "mlp.up_proj.weight", [inner, width]))
            entries.append((name + "mlp.down_proj.weight", [width, inner]))
            entries.append((name + "input_layernorm.weight", [width]))
            entries.append((name + "post_attention_layernorm.weight", [width]))
        }
        var offset = 0
        var fields: [String] = []
        for (name, shape) in entries {
            let size = 4 * shape.reduce(1, *)
            fields.append(
                #""\#(name)":{"dtype":"F32","shape":\#(shape),"data_offsets":[\#(offset),\#(offset + size)]}"#)
            offset += size
        }
        var header = "{" + fields.joined(separator: ",") + "}"
        while header.utf8.count % 8 != 0 { header += " " }
        var data = Data()
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(contentsOf: Array(header.utf8))
        var state: UInt64 = 1
        var values = [Float](repeating: 0, count: offset / 4)
        for index in values.indices {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            values[index] = (Float(state >> 40) * 0x1p-24 - 0.5) * 0.1
        }
        values.withUnsafeBytes { data.append(contentsOf: $0) }
        try data.write(to: URL(fileURLWithPath: folder + "/model.safetensors"))
    }
}
