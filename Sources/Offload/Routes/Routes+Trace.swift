import Workload
import YAMLTree

extension Routes {
    /// The routes that an operator trace recorded, request by request in the order in which requests first appear.
    ///
    /// Who shared a pass with whom is left out: how requests are batched is for a `StepPlan` to say.
    ///
    /// - Parameter limit: how many tokens to keep at most.
    /// - Returns: the routes, and how many tokens of each request are its prompt.
    /// - Throws: the mistakes of the trace; a model of another shape than the trace's; a token without a route.
    public static func load(
        trace path: String, shape: RouteShape, limit: Int = .max
    ) throws(DiagnosticList) -> (routes: Routes, prompts: [Int: Int]) {
        do throws(TraceFileError) {
            let reader = try TraceReader(path: path)
            let model = reader.header.shape
            let found = RouteShape(layers: model.sparseLayers, experts: model.experts, topK: model.topK)
            guard found == shape else {
                throw TraceFileError(
                    file: path, line: 2,
                    "the trace's model '\(model.name)' has \(found.words), but the model has \(shape.words)")
            }
            var gathered = GatheredRoutes(model, shape: shape, file: path)
            var pass = TraceIteration(number: 0, requests: [])
            while try reader.next(into: &pass) { try gathered.add(pass) }
            let all = try gathered.routes()
            guard !all.tokens.isEmpty else { throw TraceFileError(file: path, "the trace has no routes") }
            return (limit < all.tokens.count ? all.prefix(limit) : all, gathered.prompts)
        } catch {
            let mark = error.line.map { Mark(file: error.file, line: $0, column: 1) } ?? Mark(file: error.file)
            throw DiagnosticList(
                Diagnostic(error.message, at: mark, kind: error.kind == .noInput ? .noInput : .badData))
        }
    }
}

extension RouteShape {
    /// `24 layers of 32 experts, 4 for each token`.
    var words: String { "\(layers) layers of \(experts) experts, \(topK) for each token" }
}

/// Puts the routes of passes together by request.
private struct GatheredRoutes {
    private struct OfRequest {
        /// Position of its first token.
        let first: Int
        var experts: [UInt16] = []
        var weights: [Float] = []
    }

    let shape: RouteShape
    let file: String
    private(set) var prompts: [Int: Int] = [:]
    private var order: [Int] = []
    private var requests: [Int: OfRequest] = [:]
    /// The number of each layer among those with experts.
    private var mixture: [Int: Int] = [:]

    private static let nobody = UInt16.max

    init(_ model: TraceModelShape, shape: RouteShape, file: String) {
        self.shape = shape
        self.file = file
        for layer in 0..<model.layers where model.isSparse(layer: layer) { mixture[layer] = mixture.count }
    }

    mutating func add(_ pass: TraceIteration) throws(TraceFileError) {
        let entries = shape.layers * shape.topK
        for request in pass.requests {
            if requests[request.id] == nil {
                order.append(request.id)
                requests[request.id] = OfRequest(first: request.context - request.newTokens)
            }
            if request.phase == .prefill { prompts[request.id, default: 0] += request.newTokens }
            requests[request.id]!.experts += Array(repeating: Self.nobody, count: request.newTokens * entries)
            requests[request.id]!.weights += Array(repeating: 0, count: request.newTokens * entries)
        }
        for (index, key) in pass.records.routes.enumerated() {
            guard let layer = mixture[Int(key.layer)], let first = requests[Int(key.request)]?.first else { continue }
            let place = (Int(key.token) - first) * entries + layer * shape.topK
            guard place >= 0, place + shape.topK <= requests[Int(key.request)]!.experts.count else {
                throw TraceFileError(
                    file: file, "request \(key.request), token \(key.token): a route of a token that no pass computed")
            }
            for slot in 0..<shape.topK {
                requests[Int(key.request)]!.experts[place + slot] = UInt16(
                    pass.records.experts[index * shape.topK + slot])
                requests[Int(key.request)]!.weights[place + slot] =
                    Float(pass.records.gates[index * shape.topK + slot]) * 1e-6
            }
        }
    }

    func routes() throws(TraceFileError) -> Routes {
        var routes = Routes(shape: shape)
        let entries = shape.layers * shape.topK
        for id in order {
            let request = requests[id]!
            if let place = request.experts.firstIndex(of: Self.nobody) {
                throw TraceFileError(
                    file: file, "request \(id), token \(request.first + place / entries): no route is recorded")
            }
            for token in 0..<request.experts.count / entries {
                routes.tokens.append(Routes.Token(request: id, position: request.first + token))
            }
            routes.experts += request.experts
            routes.weights += request.weights
        }
        return routes
    }
}
