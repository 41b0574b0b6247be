import ArgumentParser
import Foundation
import Functional
import GEMMTables
import Simulation
import Workload
import YAMLTree

/// Ends a command with what went wrong on standard error and the exit code that says whose mistake it was.
enum Failure {
    /// Runs a command's body; turns what it throws into messages and an exit code.
    static func guarding(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as DiagnosticList {
            print("\(error)")
            throw ExitCode(error.exitCode)
        } catch let error as ModelFileError {
            print("\(error)")
            throw ExitCode((error.kind == .noInput ? Diagnostic.Kind.noInput : .badData).exitCode)
        } catch let error as TraceFileError {
            print("\(error)")
            throw ExitCode((error.kind == .noInput ? Diagnostic.Kind.noInput : .badData).exitCode)
        } catch let error as TableMistakes {
            print("\(error)")
            throw ExitCode(Diagnostic.Kind.badData.exitCode)
        } catch let error as ExitCode {
            throw error
        } catch {
            print("dualrow: error: \(words(for: error))")
            throw ExitCode(Diagnostic.Kind.internal.exitCode)
        }
    }

    /// A mistake on the command line, at an option.
    static func usage(_ message: String, at option: String, suggestion: String? = nil) -> DiagnosticList {
        DiagnosticList(Diagnostic(message, at: Mark(file: option), kind: .usage, suggestion: suggestion))
    }

    static func print(_ message: String) {
        FileHandle.standardError.write(Data((message + "\n").utf8))
    }

    static func words(for error: any Error) -> String {
        let error = error as NSError
        if let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError {
            return "\(error.localizedDescription) (\(underlying.localizedDescription))"
        }
        return error.localizedDescription
    }
}
