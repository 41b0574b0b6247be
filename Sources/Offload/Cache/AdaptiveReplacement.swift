/// ARC (Megiddo and Modha, FAST 2003) for the experts of one layer, event-atomic and for experts of any size.
///
/// Keeps the experts used once of late apart from those used again, each with as much memory of those that left; a
/// return of either kind moves the target between them. Members of an event are judged together and none is evicted
/// for another. Ties in the time of the last use go to the smaller expert.
///
/// Each of the four kinds is a doubly linked list through flat arrays, in the order of (last use, expert), with its
/// size kept up to date: an event costs what it touches, however many experts the layer has.
struct AdaptiveReplacement {
    enum Place: Int {
        case once, again, leftOnce, leftAgain, nowhere
    }

    private let sizes: [Int]
    private let room: Int
    private(set) var used = 0
    private var places: [Place]
    private var lastUse: [Int]
    private var isMember: [Bool]
    /// The neighbours of each expert in its list; behind the experts stand the ends of the four lists, each a ring.
    private var older: [Int32]
    private var newer: [Int32]
    /// The sizes of the experts in each list, summed.
    private var totals: [Int]
    private var missing: [Int] = []
    /// The room that `once` should take at most.
    private var target = 0
    private var clock = 0

    init(sizes: [Int], room: Int) {
        self.sizes = sizes
        self.room = room
        places = Array(repeating: .nowhere, count: sizes.count)
        lastUse = Array(repeating: 0, count: sizes.count)
        isMember = Array(repeating: false, count: sizes.count)
        older = (0..<Int32(sizes.count + 4)).map { $0 }
        newer = older
        totals = Array(repeating: 0, count: 5)
    }

    func contains(_ expert: Int) -> Bool { places[expert] == .once || places[expert] == .again }

    mutating func take(_ experts: [UInt16], _ entries: Range<Int>, _ onMiss: (Int) -> Void) -> Int {
        clock += 1
        var hits = 0
        missing.removeAll(keepingCapacity: true)
        for entry in entries {
            let expert = Int(experts[entry])
            isMember[expert] = true
            if contains(expert) {
                hits += 1
                lastUse[expert] = clock
                move(expert, to: .again)
            } else {
                missing.append(entry)
            }
        }
        for entry in missing {
            onMiss(entry)
            admit(Int(experts[entry]))
        }
        for entry in entries { isMember[Int(experts[entry])] = false }
        return hits
    }

    private mutating func admit(_ expert: Int) {
        guard sizes[expert] <= room else { return }
        let before = places[expert]
        switch before {
        case .leftOnce:
            let ratio = total(.leftAgain) / max(total(.leftOnce), 1)
            target = min(room, target + max(1, ratio) * sizes[expert])
        case .leftAgain:
            let ratio = total(.leftOnce) / max(total(.leftAgain), 1)
            target = max(0, target - max(1, ratio) * sizes[expert])
        default: break
        }
        while used + sizes[expert] > room {
            guard evict(forReturnOfAgain: before == .leftAgain) else { return }
        }
        lastUse[expert] = clock
        move(expert, to: before == .nowhere ? .once : .again)
        used += sizes[expert]
        forget()
    }

    /// Moves the oldest expert of one kind to the memory of those that left; false if all are members of the event.
    private mutating func evict(forReturnOfAgain: Bool) -> Bool {
        let once = total(.once)
        let fromOnce = once > 0 && (once > target || (forReturnOfAgain && once == target))
        guard let victim = fromOnce ? oldest(.once) ?? oldest(.again) : oldest(.again) ?? oldest(.once) else {
            return false
        }
        move(victim, to: places[victim] == .once ? .leftOnce : .leftAgain)
        used -= sizes[victim]
        return true
    }

    /// Keeps the memory within bounds: `once` with its memory within the room, everything within twice the room.
    private mutating func forget() {
        while total(.once) + total(.leftOnce) > room, let expert = oldest(.leftOnce) { move(expert, to: .nowhere) }
        while used + total(.leftOnce) + total(.leftAgain) > 2 * room,
            let expert = oldest(.leftAgain) ?? oldest(.leftOnce)
        {
            move(expert, to: .nowhere)
        }
    }

    @inline(__always)
    private func total(_ place: Place) -> Int { totals[place.rawValue] }

    /// The expert of a kind whose last use is the longest ago, members of the event left aside.
    @inline(__always)
    private func oldest(_ place: Place) -> Int? {
        var expert = Int(newer[end(place)])
        while expert < sizes.count {
            if !isMember[expert] { return expert }
            expert = Int(newer[expert])
        }
        return nil
    }

    @inline(__always)
    private func end(_ place: Place) -> Int { sizes.count + place.rawValue }

    /// Takes an expert out of its list and puts it in its order into another, looking from the newest one.
    private mutating func move(_ expert: Int, to place: Place) {
        let before = places[expert]
        if before != .nowhere {
            let (left, right) = (older[expert], newer[expert])
            newer[Int(left)] = right
            older[Int(right)] = left
            totals[before.rawValue] -= sizes[expert]
        }
        places[expert] = place
        if place == .nowhere { return }
        totals[place.rawValue] += sizes[expert]
        var next = end(place)
        var last = Int(older[next])
        let use = lastUse[expert]
        while last < sizes.count, lastUse[last] > use || (lastUse[last] == use && last > expert) {
            (next, last) = (last, Int(older[last]))
        }
        newer[last] = Int32(expert)
        older[expert] = Int32(last)
        newer[expert] = Int32(next)
        older[next] = Int32(expert)
    }
}

/// How Fate divides the room among the layers.
enum FatePartition {
    /// First layers that are kept whole at most, as Fate's for Qwen1.5-MoE (arXiv 2502.12224).
    static let wholeLayers = 3

    /// The room of each layer: all of the first ones', as many as leave the others half the room, then equal parts.
    ///
    /// A first layer is kept whole only if every layer behind it still has room for the experts of one token, since an
    /// expert that finds no room is not admitted: below that, Fate would be spared evictions that the others must do.
    static func rooms(_ units: Int, shape: RouteShape, sizes: [Int]) -> [Int] {
        let whole = (0..<shape.layers).map { layer in
            sizes[layer * shape.experts..<(layer + 1) * shape.experts].reduce(0, +)
        }
        var left = units
        var rooms: [Int] = []
        let tokens = (0..<shape.layers).map { layer in
            shape.topK * (sizes[layer * shape.experts..<(layer + 1) * shape.experts].max() ?? 0)
        }
        while rooms.count < min(wholeLayers, shape.layers - 1), units - left + whole[rooms.count] <= units / 2 {
            let others = tokens[(rooms.count + 1)...]
            // The parts are equal, so the largest need counts for all.
            guard (left - whole[rooms.count]) / others.count >= others.max() ?? 0 else { break }
            left -= whole[rooms.count]
            rooms.append(whole[rooms.count])
        }
        let others = shape.layers - rooms.count
        let part = left / others
        let extra = left % others
        for index in 0..<others { rooms.append(part + (index < extra ? 1 : 0)) }
        return rooms
    }
}
