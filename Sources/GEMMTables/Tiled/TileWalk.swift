import SimCore

/// One tile in its turn: what has to be fetched for it and what leaves after it.
struct TileStep {
    let repetition: Int
    let m: Int
    let n: Int
    let k: Int
    /// The blocks that the tile before did not leave in the scratchpad.
    let loadsInputs: Bool
    let loadsWeights: Bool
    /// The first tile of a run of tiles that add to the same sums, and the last.
    let opensSums: Bool
    let closesSums: Bool

    /// Sums begun by an earlier run come back from memory; sums that a later one adds to go there.
    func readsSums(_ tiled: TiledProduct) -> Bool { opensSums && k > 0 }
    func isFinal(_ tiled: TiledProduct) -> Bool { k == tiled.trips(.k) - 1 }
}

/// The tiles of all repetitions in their order.
struct TileWalk {
    let tiled: TiledProduct
    let count: Int
    private let axes: [GEMMAxis]
    private let trips: [Int]

    init(_ tiled: TiledProduct) {
        self.tiled = tiled
        axes = tiled.tiling.order.axes
        trips = axes.map { tiled.trips($0) }
        count = tiled.tiles * tiled.lane.repetitions
    }

    /// Step `index` of `count`.
    func step(_ index: Int) -> TileStep {
        let here = place(index)
        let before = index > 0 ? place(index - 1) : nil
        let after = index + 1 < count ? place(index + 1) : nil
        return TileStep(
            repetition: here.repetition, m: here.m, n: here.n, k: here.k,
            loadsInputs: before.map { $0.repetition != here.repetition || $0.m != here.m || $0.k != here.k } ?? true,
            loadsWeights: before.map { $0.repetition != here.repetition || $0.k != here.k || $0.n != here.n } ?? true,
            opensSums: before.map { !$0.hasSums(of: here) } ?? true,
            closesSums: after.map { !$0.hasSums(of: here) } ?? true)
    }

    private struct Place {
        var repetition = 0
        var m = 0
        var n = 0
        var k = 0

        func hasSums(of other: Place) -> Bool {
            repetition == other.repetition && m == other.m && n == other.n
        }
    }

    private func place(_ index: Int) -> Place {
        var place = Place(repetition: index / tiled.tiles)
        var rest = index % tiled.tiles
        for position in axes.indices.reversed() {
            let digit = rest % trips[position]
            rest /= trips[position]
            switch axes[position] {
            case .m: place.m = digit
            case .n: place.n = digit
            case .k: place.k = digit
            }
        }
        return place
    }
}
