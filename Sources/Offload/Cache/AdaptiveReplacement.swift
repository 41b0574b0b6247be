/// ARC (Megiddo and Modha, FAST 2003) for the experts of one layer, event-atomic and for experts of any size.
///
/// Keeps the experts used once of late apart from those used again, each with as much memory of those that left; a
/// return of either kind moves the target between them. Members of an event are judged together and none is evicted
/// for another. Ties in the time of the last use go to the smaller expert.
struct AdaptiveReplacement {
    enum Place {
        case nowhere, once, again, leftOnce, leftAgain
    }

    private let sizes: [Int]
    private let room: Int
    private(set) var used = 0
    private var places: [Place]
    private var lastUse: [Int]
    private var isMember: [Bool]
    /// The room that `once` should take at most.
    private var target = 0
    private var clock = 0

    init(sizes: [Int], room: Int) {
        self.sizes = sizes
        self.room = room
        places = Array(repeating: .nowhere, count: sizes.count)
        lastUse = Array(repeating: 0, count: sizes.count)
        isMember = Array(repeating: false, count: sizes.count)
    }

    func contains(_ expert: Int) -> Bool { places[expert] == .once || places[expert] == .again }

    mutating func take(_ experts: [UInt16], _ entries: Range<Int>, _ onMiss: (Int) -> Void) -> Int {
        clock += 1
        var hits = 0
        var missing: [Int] = []
        for entry in entries {
            let expert = Int(experts[entry])
            isMember[expert] = true
            if contains(expert) {
                hits += 1
                places[expert] = .again
                lastUse[expert] = clock
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
        places[expert] = before == .nowhere ? .once : .again
        lastUse[expert] = clock
        used += sizes[expert]
        forget()
    }

    /// Moves the oldest expert of one kind to the memory of those that left; false if all are members of the event.
    private mutating func evict(forReturnOfAgain: Bool) -> Bool {
        let once = total(.once)
        let fromOnce = once > 0 && (once > target || (forReturnOfAgain && once == target))
        let order: [Place] = fromOnce ? [.once, .again] : [.again, .once]
        for place in order {
            guard let victim = oldest(place) else { continue }
            places[victim] = place == .once ? .leftOnce : .leftAgain
            used -= sizes[victim]
            return true
        }
        return false
    }

    /// Keeps the memory within bounds: `once` with its memory within the room, everything within twice the room.
    private mutating func forget() {
        while total(.once) + total(.leftOnce) > room, let expert = oldest(.leftOnce) { places[expert] = .nowhere }
        while used + total(.leftOnce) + total(.leftAgain) > 2 * room,
            let expert = oldest(.leftAgain) ?? oldest(.leftOnce)
        {
            places[expert] = .nowhere
        }
    }

    private func total(_ place: Place) -> Int {
        var sum = 0
        for expert in sizes.indices where places[expert] == place { sum += sizes[expert] }
        return sum
    }

    private func oldest(_ place: Place) -> Int? {
        var best: Int?
        for expert in sizes.indices where places[expert] == place && !isMember[expert] {
            if best == nil || lastUse[expert] < lastUse[best!] { best = expert }
        }
        return best
    }
}

/// How Fate divides the room among the layers.
enum FatePartition {
    /// First layers that are kept whole at most, as Fate's for Qwen1.5-MoE (arXiv 2502.12224).
    static let wholeLayers = 3

    /// The room of each layer: all of the first ones', as many as leave the others half the room, then equal parts.
    static func rooms(_ units: Int, shape: RouteShape, sizes: [Int]) -> [Int] {
        let whole = (0..<shape.layers).map { layer in
            sizes[layer * shape.experts..<(layer + 1) * shape.experts].reduce(0, +)
        }
        var left = units
        var rooms: [Int] = []
        while rooms.count < min(wholeLayers, shape.layers - 1), units - left + whole[rooms.count] <= units / 2 {
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
