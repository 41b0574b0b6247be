@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Asks a long run to stop when the user (^C) or the system (SIGTERM) does: at the first signal it finishes what it is at,
/// at the second the program ends at once.
final class GracefulStop: Sendable {
    /// Exit code of a program that ended after SIGINT, by the shells' convention.
    static let exitCode: Int32 = 128 + SIGINT

    private let count = Mutex(0)
    private let sources: [any DispatchSourceSignal]

    /// - Parameter first: called at the first signal.
    init(_ first: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: .global())
        }
        for source in sources {
            source.setEventHandler { [self] in
                let count = count.withLock { count -> Int in
                    count += 1
                    return count
                }
                if count > 1 { _exit(Self.exitCode) }
                first()
            }
            source.resume()
        }
    }

    var isRequested: Bool { count.withLock { $0 > 0 } }
}
