/// One timing constraint: after any of `previous`, none of `next` may start before `distance` cycles have passed.
///
/// Distances count from the cycle in which the earlier command starts to the cycle in which the later one starts.
/// A rule holds between commands that share a node on `level`; a `sibling` rule holds instead for the *other* nodes of
/// that level. With `window` n the distance counts from the n-th last of the previous commands (four-activate window:
/// n = 4). `PIM_GEMV` takes longer with more dot-products: the distance grows by `perDotProduct` cycles for each, and
/// at least `minimumDotProducts` of them are charged.
public struct TimingRule: Sendable, Equatable {
    public var level: DRAMLevel
    public var previous: [DRAMCommand]
    public var next: [DRAMCommand]
    public var distance: Int
    public var perDotProduct: Int
    public var minimumDotProducts: Int
    public var window: Int
    public var sibling: Bool
    /// Holds only after the first `PIM_DOTPRODUCT` since the last result: the adder tree fills once.
    public var firstOnly: Bool
    /// What the rule is, in the standard's terms, for `dualrow check` and for test names.
    public var name: String

    public init(
        _ name: String, _ level: DRAMLevel, _ previous: [DRAMCommand], _ next: [DRAMCommand], _ distance: Int,
        perDotProduct: Int = 0, minimumDotProducts: Int = 0, window: Int = 1, sibling: Bool = false,
        firstOnly: Bool = false
    ) {
        self.name = name
        self.level = level
        self.previous = previous
        self.next = next
        self.distance = distance
        self.perDotProduct = perDotProduct
        self.minimumDotProducts = minimumDotProducts
        self.window = window
        self.sibling = sibling
        self.firstOnly = firstOnly
    }
}
