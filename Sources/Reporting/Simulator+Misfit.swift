import Simulation
import Workload

extension Simulator {
    /// The first of whole requests that has no room even in an empty memory, and why, in words; nil if there is none, and
    /// for runs whose steps are given.
    ///
    /// - Throws: `CapacityError` when the weights do not fit with any requests.
    public func misfit() throws(CapacityError) -> (request: Int, words: String)? {
        guard let serving else { return nil }
        do {
            guard let lack = try misfit(serving) else { return nil }
            let place = machine.memory.pim != nil ? "a channel" : "the memory"
            return (
                lack.request,
                "\(tokens(of: lack.request)) needs \(CapacityError.size(lack.neededBytes)) for its caches, and beside "
                    + "the weights \(place) has \(CapacityError.size(lack.bytes)); fewer tokens or more chips "
                    + "(--tensor-parallel) would help"
            )
        } catch {
            return try longPrompt(serving, error)
        }
    }

    /// The longest request, if it is what leaves no room: prompts in one step need all of their activations at once.
    private func longPrompt(
        _ serving: ServingPolicy, _ error: CapacityError
    ) throws(CapacityError) -> (request: Int, words: String)? {
        var chunks = serving
        chunks.prefill = .chunked
        let longest = requests.indices.max {
            ServingScheduler.longest(requests[$0]) < ServingScheduler.longest(requests[$1])
        }
        guard serving.prefill == .whole, let longest else { throw error }
        _ = try misfit(chunks)
        let place = error.channel.map { "channel \($0)" } ?? "the memory"
        return (
            longest,
            "\(tokens(of: longest)) is computed in one step (prefill whole), and with the activations of such a step "
                + "\(place) needs \(CapacityError.size(error.neededBytes)) but has "
                + "\(CapacityError.size(error.capacityBytes)), before there are any caches; prefill chunked, fewer tokens "
                + "or more chips (--tensor-parallel) would help"
        )
    }

    private func tokens(of request: Int) -> String {
        "this request of \(requests[request].promptTokens) + \(requests[request].outputTokens ?? 1) tokens"
    }
}

extension ModelShape {
    /// Why requests alone do not say what this model computes; nil if they do.
    public var lackOfRouting: String? {
        experts == nil
            ? nil : "'\(name)' is a mixture of experts, and lengths do not say which experts tokens take"
    }
}
