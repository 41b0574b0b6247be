import Quantities

/// One request to the model, as it stands when the simulation begins.
public struct Request: Hashable, Sendable {
    /// Its position in its file, from 0.
    public var id: Int
    /// Tokens still to be prefilled; 0 for a request that is already being decoded.
    public var promptTokens: Int
    /// The length that its next decode step attends over; 0 before its prefill.
    public var contextTokens: Int
    /// Tokens it will generate; nil if it lasts as long as the run.
    public var outputTokens: Int?
    /// The memory channel that holds its caches; nil if it is still to be assigned.
    public var channel: Int?
    /// When it arrives.
    public var arrival: Picoseconds

    public init(
        id: Int, promptTokens: Int = 0, contextTokens: Int = 0, outputTokens: Int? = nil, channel: Int? = nil,
        arrival: Picoseconds = .zero
    ) {
        self.id = id
        self.promptTokens = promptTokens
        self.contextTokens = contextTokens
        self.outputTokens = outputTokens
        self.channel = channel
        self.arrival = arrival
    }

    /// The length that decides its attention's cost: its context, or its prompt before the prefill.
    public var length: Int { max(contextTokens, promptTokens) }
}
