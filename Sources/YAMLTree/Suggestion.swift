/// The candidate most like `name`, if one is near enough to be a misspelling of it.
///
/// Near is an edit distance (insert, delete, replace, swap neighbours; case and `-`/`_` count nothing) of at most a
/// third of the name's length and at most 3. The first of equally near candidates wins.
public func nearestName(to name: String, in candidates: some Sequence<String>) -> String? {
    let wanted = folded(name)
    let limit = max(1, min(3, wanted.count / 3))
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate != name {
        let distance = editDistance(wanted, folded(candidate))
        if distance <= limit, distance < best?.distance ?? .max, distance < max(wanted.count, 1) {
            best = (candidate, distance)
        }
    }
    return best?.name
}

private func folded(_ name: String) -> [UInt8] {
    name.lowercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
}

/// The optimal string alignment distance: edits with swaps of neighbours, O(n·m).
func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in 0..<left.count {
        var current = [row + 1]
        for column in 0..<right.count {
            let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
            var distance = min(replaced, last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                distance = min(distance, beforeLast[column - 1] + 1)
            }
            current.append(distance)
        }
        (beforeLast, last) = (last, current)
    }
    return last[right.count]
}
