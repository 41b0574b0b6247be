import Workload

/// Routes for models whose real ones are not public: an assumption, stated as three numbers.
public struct SyntheticRoutes: Hashable, Sendable {
    /// Chance that a slot repeats an expert that the token before used in this layer.
    public var `repeat`: Double
    /// Chance that a slot follows from an expert of the layer before, by a fixed table.
    public var follow: Double
    /// Otherwise the expert of rank r is drawn with a weight of 1 / (r + 1)^skew; the ranks differ from layer to layer.
    public var skew: Double
    public var requests: Int
    public var tokensPerRequest: Int
    public var seed: UInt64

    /// The defaults give GPT-OSS-20B's measured reuse from one token to the next (45 % of the experts of a layer).
    public init(
        repeat: Double = 0.38, follow: Double = 0.3, skew: Double = 0.5, requests: Int = 4, tokensPerRequest: Int = 32,
        seed: UInt64 = 1
    ) {
        self.repeat = `repeat`
        self.follow = follow
        self.skew = skew
        self.requests = requests
        self.tokensPerRequest = tokensPerRequest
        self.seed = seed
    }

    /// The same with other chances, each within 0 ... 1 and not above 1 together.
    func varied(repeat more: Double, follow further: Double, skew: Double) -> SyntheticRoutes {
        var routes = self
        routes.follow = min(max(follow + further, 0), 1)
        routes.repeat = min(max(self.repeat + more, 0), 1 - routes.follow)
        routes.skew = skew
        return routes
    }

    /// Draws the routes.
    public func routes(_ shape: RouteShape) -> Routes {
        // The tables belong to the model: all seeds share them.
        var random = RandomNumbers(seed: 7)
        let ranks = (0..<shape.layers).map { _ in Self.permutation(shape.experts, &random) }
        let successors = (0..<shape.layers).map { _ in Self.permutation(shape.experts, &random) }
        var sums: [Double] = []
        for rank in 0..<shape.experts { sums.append((sums.last ?? 0) + Self.weight(rank, skew)) }
        random = RandomNumbers(seed: seed)
        var routes = Routes(shape: shape)
        for request in 0..<requests {
            var last: [[Int]] = []
            for position in 0..<tokensPerRequest {
                var token: [[Int]] = []
                for layer in 0..<shape.layers {
                    let before = last.isEmpty ? [] : last[layer]
                    let above = layer == 0 ? [] : token[layer - 1].map { successors[layer][$0] }
                    var chosen: [Int] = []
                    while chosen.count < shape.topK {
                        let expert = draw(before, above, ranks[layer], sums, chosen.count, &random)
                        if !chosen.contains(expert) { chosen.append(expert) }
                    }
                    token.append(chosen)
                }
                last = token
                routes.append(
                    Routes.Token(request: request, position: position), experts: token.joined().map { UInt16($0) })
            }
        }
        return routes
    }

    private func draw(
        _ before: [Int], _ above: [Int], _ ranks: [Int], _ sums: [Double], _ slot: Int, _ random: inout RandomNumbers
    ) -> Int {
        let chance = random.nextUnit()
        if chance < self.repeat, !before.isEmpty { return before[random.nextIndex(below: before.count)] }
        if chance >= self.repeat, chance < self.repeat + follow, !above.isEmpty {
            return above[random.nextIndex(below: above.count)]
        }
        let point = random.nextUnit() * sums[sums.count - 1]
        return ranks[sums.firstIndex { point < $0 } ?? sums.count - 1]
    }

    private static func permutation(_ count: Int, _ random: inout RandomNumbers) -> [Int] {
        var order = Array(0..<count)
        for index in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(index, random.nextIndex(below: index + 1))
        }
        return order
    }

    /// (rank + 1)^-skew with skew in quarters, by square roots alone, so that it is the same everywhere.
    private static func weight(_ rank: Int, _ skew: Double) -> Double {
        let root = Double(rank + 1).squareRoot().squareRoot()
        return (0..<Int((skew * 4).rounded())).reduce(1.0) { value, _ in value / root }
    }
}
