/// Folders in which machines and models that are named without a path are looked for.
public struct SweepLibrary: Sendable {
    public var machines: [String]
    public var models: [String]

    public init(machines: [String], models: [String]) {
        self.machines = machines
        self.models = models
    }
}
