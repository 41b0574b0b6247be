import Quantities

/// Makes requests from published length statistics; the same seed gives the same requests on every machine.
public struct RequestGenerator: Sendable {
    public let statistics: LengthStatistics
    /// No request grows beyond this; the published generator's is 2048.
    public let lengthLimit: Int
    private var random: RandomNumbers

    public init(statistics: LengthStatistics, seed: UInt64, lengthLimit: Int = 2048) {
        precondition(lengthLimit >= 1, "a request has at least one token")
        self.statistics = statistics
        self.lengthLimit = lengthLimit
        self.random = RandomNumbers(seed: seed)
    }

    /// A batch caught in the middle of decoding, in the steady state of continuous batching.
    ///
    /// A request stays in the batch for one step per output token, so one found there at a random step is a long one
    /// more often: it is drawn in proportion to its output length, and it has generated each number of tokens from one
    /// to all of them with equal chance. Its length is input plus generated tokens, at most `lengthLimit`.
    public mutating func snapshot(count: Int) -> [Request] {
        (0..<count).map { id in
            let input = statistics.input.draw(using: &random)
            let output = statistics.output.drawLengthBiased(using: &random)
            let generated = 1 + random.nextIndex(below: output)
            return Request(id: id, contextTokens: min(input + generated, lengthLimit))
        }
    }

    /// Whole requests, prompt and answer together at most `lengthLimit` (the answer is cut, then the prompt).
    ///
    /// - Parameter meanInterarrival: if given, requests arrive as a Poisson process: the times between them are
    ///   exponential with this mean, and arrivals are rounded down to whole nanoseconds. Without it all are at zero.
    public mutating func requests(count: Int, meanInterarrival: Picoseconds? = nil) -> [Request] {
        let mean = meanInterarrival?.approximateNanoseconds
        var clock = 0.0
        return (0..<count).map { id in
            let input = min(statistics.input.draw(using: &random), max(1, lengthLimit - 1))
            let output = max(1, min(statistics.output.draw(using: &random), lengthLimit - input))
            if let mean { clock += mean * random.nextExponential() }
            return Request(
                id: id, promptTokens: input, outputTokens: output, arrival: .nanoseconds(Int64(clock)))
        }
    }
}

extension RequestFile {
    /// The file as CSV with LF line ends, in the form that its first request calls for: with prompts
    /// `input_tokens,output_tokens` (and `arrival_ns` if any request arrives later than zero), else `seq_len` (and
    /// `ch_idx` if the requests have channels).
    ///
    /// - Parameter comment: lines to put above the header, each behind `# `.
    public func csv(comment: [String] = []) -> String {
        var text = comment.map { "# \($0)\n" }.joined()
        if requests.first.map({ $0.promptTokens > 0 }) ?? false {
            let hasArrivals = requests.contains { $0.arrival > .zero }
            text += hasArrivals ? "input_tokens,output_tokens,arrival_ns\n" : "input_tokens,output_tokens\n"
            for request in requests {
                text += "\(request.promptTokens),\(request.outputTokens ?? 1)"
                text += hasArrivals ? ",\((request.arrival.value / Ratio(1000)).roundedUp)\n" : "\n"
            }
        } else {
            let hasChannels = !requests.isEmpty && requests.allSatisfy { $0.channel != nil }
            text += hasChannels ? "seq_len,ch_idx\n" : "seq_len\n"
            for request in requests {
                text += hasChannels ? "\(request.contextTokens),\(request.channel!)\n" : "\(request.contextTokens)\n"
            }
        }
        return text
    }
}
