/// Cosines and sines of the tokens of one pass, `[tokens, headWidth / 2]` each.
///
/// Angles of positions seen before are kept; only dynamic scaling beyond its original length makes them anew.
final class RotaryTable {
    private let embedding: RotaryEmbedding
    private let plain: [Float]
    private var knownCosines: [Float] = []
    private var knownSines: [Float] = []
    private(set) var cosines: [Float] = []
    private(set) var sines: [Float] = []

    init(_ embedding: RotaryEmbedding) {
        self.embedding = embedding
        plain = embedding.frequencies(length: 1)
    }

    private var half: Int { embedding.headWidth / 2 }

    func begin() {
        cosines.removeAll(keepingCapacity: true)
        sines.removeAll(keepingCapacity: true)
    }

    /// Appends the rows of one request's tokens.
    func append(_ positions: Range<Int>) {
        if case .dynamic(_, let original) = embedding.scaling, positions.upperBound > original {
            let frequencies = embedding.frequencies(length: positions.upperBound)
            for position in positions {
                embedding.append(
                    position: position, frequencies: frequencies, cosines: &cosines, sines: &sines)
            }
            return
        }
        for position in knownCosines.count / half..<max(knownCosines.count / half, positions.upperBound) {
            embedding.append(position: position, frequencies: plain, cosines: &knownCosines, sines: &knownSines)
        }
        cosines += knownCosines[positions.lowerBound * half..<positions.upperBound * half]
        sines += knownSines[positions.lowerBound * half..<positions.upperBound * half]
    }

    /// Rotates `heads` heads side by side at `row` for token `token` of the pass.
    func rotate(_ row: UnsafeMutablePointer<Float>, heads: Int, token: Int) {
        let half = half
        cosines.withUnsafeBufferPointer { cosines in
            sines.withUnsafeBufferPointer { sines in
                let c = cosines.baseAddress! + token * half
                let s = sines.baseAddress! + token * half
                for head in 0..<heads {
                    Self.rotate(row + 2 * head * half, row + (2 * head + 1) * half, c, s, half)
                }
            }
        }
    }

    /// (a, b) ← (a cos − b sin, b cos + a sin)
    private static func rotate(
        _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ c: UnsafePointer<Float>,
        _ s: UnsafePointer<Float>, _ count: Int
    ) {
        var index = 0
        while index + 8 <= count {
            let (x, y) = (Vector.load(a + index), Vector.load(b + index))
            let (cos, sin) = (Vector.load(c + index), Vector.load(s + index))
            Vector.store(x * cos - y * sin, a + index)
            Vector.store(y * cos + x * sin, b + index)
            index += 8
        }
        while index < count {
            let (x, y) = (a[index], b[index])
            a[index] = x * c[index] - y * s[index]
            b[index] = y * c[index] + x * s[index]
            index += 1
        }
    }
}
