/// Checks that the lines of a file of routes follow one another as they must.
struct RouteOrder {
    private(set) var request = 0
    private(set) var token = 0
    private var seen: Set<Int> = []

    /// What is wrong with a line, and in which of its cells (from 0).
    struct Mistake {
        let message: String
        let cell: Int
    }

    /// Takes a line; `wanted` is the layer that must come next, 0 if a new token must begin.
    @inline(__always)
    mutating func mistake(request: Int, token: Int, layer: Int, wanted: Int, of layers: Int) -> Mistake? {
        if wanted > 0 {
            if request == self.request, token == self.token, layer == wanted { return nil }
            return misplaced(request, token, layer, wanted, layers)
        }
        return begin(request, token, layer, layers)
    }

    /// Layers that a token lacks, in words.
    func missing(from layer: Int, of layers: Int) -> String {
        let which = layer == layers - 1 ? "layer \(layer) is missing" : "layers \(layer) to \(layers - 1) are missing"
        return "request \(request), token \(token): \(which)"
    }

    private mutating func begin(_ request: Int, _ token: Int, _ layer: Int, _ layers: Int) -> Mistake? {
        if request != self.request || seen.isEmpty {
            guard seen.insert(request).inserted else {
                let message = "request \(request) comes again; the tokens of a request must follow one another"
                return Mistake(message: message, cell: 0)
            }
        } else if token == self.token {
            let message = "request \(request), token \(token) comes again; all its \(layers) layers were given"
            return Mistake(message: message, cell: layer < layers ? 2 : 1)
        } else if token < self.token {
            let message = "token \(token) of request \(request) follows token \(self.token); tokens must be in order"
            return Mistake(message: message, cell: 1)
        }
        (self.request, self.token) = (request, token)
        guard layer == 0 else {
            let which = layer == 1 ? "layer 0 is missing" : "layers 0 to \(layer - 1) are missing"
            return Mistake(message: "request \(request), token \(token): \(which)", cell: 2)
        }
        return nil
    }

    private func misplaced(_ request: Int, _ token: Int, _ layer: Int, _ wanted: Int, _ layers: Int) -> Mistake {
        guard request == self.request, token == self.token else {
            return Mistake(
                message: missing(from: wanted, of: layers), cell: request == self.request ? 1 : 0)
        }
        if layer < wanted {
            let message = "layer \(layer) of request \(request), token \(token) follows layer \(wanted - 1)"
            return Mistake(message: message, cell: 2)
        }
        let which = layer == wanted + 1 ? "layer \(wanted) is missing" : "layers \(wanted) to \(layer - 1) are missing"
        return Mistake(message: "request \(request), token \(token): \(which)", cell: 2)
    }
}
