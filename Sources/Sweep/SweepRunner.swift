import Foundation
import Synchronization
import YAMLTree

/// Runs the points of a plan side by side, each on disk before its worker begins the next.
public struct SweepRunner: Sendable {
    let plan: SweepPlan
    let folder: SweepFolder
    /// Points to run, as indices into the plan.
    public let open: [Int]

    /// Which points are this run's: every `count`-th, beginning with the `index`-th (from 1).
    public struct Shard: Sendable, Equatable {
        public var index: Int
        public var count: Int

        public init(index: Int, count: Int) {
            precondition((1...max(1, count)).contains(index), "a shard is one of its count")
            self.index = index
            self.count = count
        }

        public static let all = Shard(index: 1, count: 1)

        /// Reads `2/4`; nil if that is not a number from 1 and how many there are.
        public init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count == 2, let index = parts[0], let count = parts[1], count >= 1, count <= 1_000_000,
                (1...count).contains(index)
            else { return nil }
            self.init(index: index, count: count)
        }

        func has(_ point: Int) -> Bool { point % count == index - 1 }
    }

    /// How far a run is.
    public struct Progress: Sendable {
        /// Points of this run that are done, and that it has in all.
        public var done: Int
        public var all: Int
        public var failures: Int
    }

    /// Finds the points that are still to be run; of points with the same inputs one.
    public init(_ plan: SweepPlan, folder: SweepFolder, shard: Shard = .all) {
        self.plan = plan
        self.folder = folder
        var seen: Set<String> = []
        open = plan.points.indices.filter { index in
            shard.has(index) && !folder.has(plan.identities[index], of: plan.kind)
                && seen.insert(plan.identities[index]).inserted
        }
    }

    /// What workers share.
    private struct State {
        var next = 0
        var done = 0
        var failures = 0
        var stop: (any Error)?
    }

    /// - Parameters:
    ///   - isCancelled: asked before each point; when it says so, points under way are finished and none begins.
    ///   - progress: called after each point, by one worker at a time.
    /// - Returns: how many points were run.
    /// - Throws: the first failure to write a point; then no further point begins.
    @discardableResult
    public func run(
        jobs: Int, isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Progress) -> Void
    ) throws -> Int {
        let state = Mutex(State())
        DispatchQueue.concurrentPerform(iterations: min(jobs, max(1, open.count))) { _ in
            while true {
                let index = state.withLock { state -> Int? in
                    guard state.stop == nil, state.next < open.count, !isCancelled() else { return nil }
                    defer { state.next += 1 }
                    return open[state.next]
                }
                guard let index else { return }
                do {
                    let row = row(of: index)
                    try folder.write(row, of: plan.identities[index], kind: plan.kind)
                    state.withLock { state in
                        state.done += 1
                        if !row.last!.isEmpty { state.failures += 1 }
                        progress(Progress(done: state.done, all: open.count, failures: state.failures))
                    }
                } catch {
                    state.withLock { state in if state.stop == nil { state.stop = error } }
                }
            }
        }
        return try state.withLock { state in
            if let error = state.stop { throw error }
            return state.done
        }
    }

    /// Runs a point: the cells of its columns and an empty error, or empty cells and an error.
    private func row(of index: Int) -> [String] {
        switch plan.runs[index] {
        case .failure(let error): return failure(SweepPlan.words(error))
        case .success(let run):
            do throws(PointError) {
                let cells = try run.row()
                precondition(cells.count == plan.kind.columns.count, "a run gives a cell for each column")
                return cells + [""]
            } catch {
                return failure(error.words)
            }
        }
    }

    private func failure(_ words: String) -> [String] {
        plan.kind.columns.map { _ in "" } + [words]
    }
}
