import YAMLTree

/// Which experts each token of a list of requests used, layer by layer, in the order of time.
public struct Routes: Hashable, Sendable {
    /// A token of a request, by the numbers of the file.
    public struct Token: Hashable, Sendable {
        public let request: Int
        /// Position in the request; increases, but need not start at 0.
        public let position: Int

        public init(request: Int, position: Int) {
            self.request = request
            self.position = position
        }
    }

    public let shape: RouteShape
    /// In the order of the file: the tokens of a request follow one another.
    public internal(set) var tokens: [Token] = []
    /// `[token][layer][slot]`, flat; in the order of the file, which is that of falling gate weights.
    public internal(set) var experts: [UInt16] = []
    /// The gate weight of each entry of `experts`, or nothing if the file has none.
    public internal(set) var weights: [Float] = []

    public init(shape: RouteShape) {
        self.shape = shape
    }

    /// Routing events: one for each token and layer.
    public var eventCount: Int { tokens.count * shape.layers }

    /// Adds a token.
    ///
    /// - Parameter experts: `[layer][slot]`, flat; the experts of a layer differ from one another.
    public mutating func append(_ token: Token, experts new: [UInt16], weights newWeights: [Float] = []) {
        precondition(new.count == shape.layers * shape.topK, "a token has one expert for each layer and slot")
        precondition(newWeights.isEmpty || newWeights.count == new.count, "one weight for each expert, or none")
        precondition(new.allSatisfy { $0 < shape.experts }, "experts are numbered from 0 to \(shape.experts - 1)")
        precondition(weights.isEmpty == newWeights.isEmpty || tokens.isEmpty, "all tokens have weights, or none")
        tokens.append(token)
        experts += new
        weights += newWeights
    }

    /// The first `count` tokens, or all if there are fewer.
    public func prefix(_ count: Int) -> Routes {
        var part = Routes(shape: shape)
        let entries = min(count, tokens.count) * shape.layers * shape.topK
        part.tokens = Array(tokens.prefix(count))
        part.experts = Array(experts.prefix(entries))
        part.weights = Array(weights.prefix(weights.isEmpty ? 0 : entries))
        return part
    }

    /// Reads a whole file of routes, plain or compressed with gzip.
    ///
    /// - Parameter limit: how many tokens to read at most; what follows is not looked at.
    /// - Throws: the mistakes of the file with their places.
    public static func load(path: String, shape: RouteShape, limit: Int = .max) throws(DiagnosticList) -> Routes {
        var reader = try RouteReader(path: path, shape: shape)
        var routes = Routes(shape: shape)
        while routes.tokens.count < limit, try reader.readToken(into: &routes) {}
        if routes.tokens.isEmpty {
            let message = "the file has a header but no routes"
            throw DiagnosticList(Diagnostic(message, at: Mark(file: path)))
        }
        return routes
    }
}
