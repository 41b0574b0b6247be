import COpenBLAS
import Synchronization

/// Single-precision products on OpenBLAS, row-major, with a count of the multiplications done.
///
/// One thread unless `setThreads` says otherwise: the count is global to the process and is set once, before the first
/// product. Results differ in their last bits between thread counts and between processors.
public enum BLAS {
    private static let threads = Mutex<Int?>(nil)

    /// Sets OpenBLAS's threads for the whole process.
    public static func setThreads(_ count: Int) {
        precondition(count >= 1, "at least one thread")
        threads.withLock {
            $0 = count
            openblas_set_num_threads(Int32(count))
        }
    }

    /// Sets one thread unless `setThreads` was called before.
    static func useOneThreadByDefault() {
        threads.withLock {
            if $0 == nil { openblas_set_num_threads(1) }
            $0 = $0 ?? 1
        }
    }

    /// C = α A op(B) + β C with A `[m, k]`, op(B) `[k, n]`, C `[m, n]`.
    ///
    /// One row goes through `cblas_sgemv`, which reads B once at memory speed where `cblas_sgemm` packs it first.
    /// - Parameters:
    ///   - transposed: B is stored `[n, k]`, as the weights of most models are; otherwise `[k, n]`.
    ///   - lda, ldb, ldc: elements from one row to the next, as stored.
    public static func multiply(
        _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafePointer<Float>, ldb: Int, transposed: Bool,
        into c: UnsafeMutablePointer<Float>, ldc: Int, m: Int, n: Int, k: Int, alpha: Float = 1, beta: Float = 0
    ) {
        if m == 1 {
            cblas_sgemv(
                CblasRowMajor, transposed ? CblasNoTrans : CblasTrans, blasint(transposed ? n : k),
                blasint(transposed ? k : n), alpha, b, blasint(ldb), a, 1, beta, c, 1)
        } else {
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, blasint(m), blasint(n),
                blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
        }
    }
}
