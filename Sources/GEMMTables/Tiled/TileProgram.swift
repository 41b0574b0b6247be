import SimCore

/// The nodes of one tile in a program; absent ones are not needed for it.
struct TileNodes {
    var inputs: Int?
    var weights: Int?
    var sums: Int?
    /// The stationary tile shifts in (overlapped fill).
    var shift: Int?
    /// All folds but the last start (overlapped), or all folds run (serial).
    var lead = 0
    /// The last fold streams; then the array takes the next tile.
    var stream = 0
    /// The last sums have left the array.
    var drained = 0
    /// The write that had to end before these sums had room.
    var room: Int?
    var write: Int?

    // Cycles of the array's nodes.
    var first = 0
    var shiftCycles = 0
    var tail = 0
}

/// Puts the tiles of lanes into a program of transfers and array times with the dependencies of a double-buffered
/// scratchpad.
///
/// A block is fetched as soon as the one before the last of its operand is done with, so that it comes while the last
/// one is used. An array takes tiles in order. With overlapped fill the stationary tile shifts in from the start of the
/// last fold before it; an array that has to wait for it takes its height, and twice that less one for the first tile
/// (`SystolicFolds.Overlap`). Sums leave once the last fold has drained, and free their space when the memory has
/// taken them.
struct TileProgram {
    private(set) var program = Program()
    /// The tiles of each lane.
    private(set) var nodes: [[TileNodes]] = []

    private typealias Ring = [Int?]

    /// Appends the tiles `range` of a lane's walk.
    mutating func append(_ walk: TileWalk, _ places: OperandPlaces, _ range: Range<Int>) {
        let tiled = walk.tiled
        let preloads = tiled.lane.folds.dataflow.mapping.preloads
        let overlaps = tiled.lane.folds.rules.fill == .overlapped
        let stationary = tiled.lane.folds.dataflow.mapping.stationary
        var tiles: [TileNodes] = []
        var kinds: [[Int]: SystolicFolds] = [:]
        // Node after which the space of each operand's older block, and of its newer one, is free.
        var inputRing: Ring = [nil, nil]
        var weightRing: Ring = [nil, nil]
        var writeRing: Ring = [nil, nil]
        var room: Int?
        var partials: [Int: Int] = [:]
        for index in range {
            let step = walk.step(index)
            let size = [tiled.size(.m, step.m), tiled.size(.n, step.n), tiled.size(.k, step.k)]
            let folds = kinds[size] ?? tiled.folds(m: size[0], n: size[1], k: size[2])
            kinds[size] = folds
            var tile = TileNodes()
            let isFirst = index == range.lowerBound
            let before = tiles.last
            if step.loadsInputs || isFirst {
                tile.inputs = transfer(places.inputs(step), isWrite: false, after: [inputRing[0]])
                inputRing = [inputRing[1], nil]
            }
            if step.loadsWeights || isFirst {
                tile.weights = transfer(places.weights(step), isWrite: false, after: [weightRing[0]])
                weightRing = [weightRing[1], nil]
            }
            if step.opensSums || isFirst {
                room = writeRing[0]
                tile.room = room
                if step.readsSums(tiled) {
                    let id = step.repetition * tiled.trips(.m) * tiled.trips(.n) + places.block(step)
                    tile.sums = transfer(places.sums(step), isWrite: false, after: [room, partials[id]])
                }
            }
            var starts = [before?.stream, tile.inputs, tile.weights, tile.sums, tile.room]
            if overlaps {
                let pieces = folds.overlap
                tile.tail = pieces.tail
                tile.first = pieces.first
                if preloads {
                    tile.shiftCycles = isFirst ? pieces.first : pieces.shift
                    let block = stationary == .weights ? tile.weights : tile.inputs
                    tile.shift = delay(tile.shiftCycles, after: [before?.lead, block])
                    starts = [before?.stream, tile.shift, tile.sums, tile.room]
                    starts.append(stationary == .weights ? tile.inputs : tile.weights)
                }
                tile.lead = delay(pieces.lead, after: starts)
                // Outputs that stay leave over the column buses: the next fold waits for them as for a shift.
                tile.stream = delay(preloads ? pieces.stream : pieces.follow, after: [tile.lead])
                tile.drained = delay(pieces.tail, after: [tile.lead])
            } else {
                tile.lead = delay(folds.computeCycles, after: starts)
                tile.stream = tile.lead
                tile.drained = tile.lead
            }
            inputRing[1] = tile.stream
            weightRing[1] = tile.stream
            if step.closesSums {
                let isFinal = step.isFinal(tiled)
                let place = isFinal ? places.outputs(step) : places.sums(step)
                let write = transfer(place, isWrite: true, after: [tile.drained])
                tile.write = write
                writeRing = [writeRing[1], write]
                if !isFinal {
                    partials[step.repetition * tiled.trips(.m) * tiled.trips(.n) + places.block(step)] = write
                }
            }
            tiles.append(tile)
        }
        nodes.append(tiles)
    }

    private mutating func transfer(_ moved: Program.Transfer, isWrite: Bool, after: [Int?]) -> Int {
        program.addTransfer(
            [moved], isWrite: isWrite, operatorIndex: program.nodes.count, after: after.compactMap { $0 })
    }

    private mutating func delay(_ cycles: Int, after: [Int?]) -> Int {
        program.add(.delay(cycles: cycles), operatorIndex: program.nodes.count, after: after.compactMap { $0 })
    }
}
