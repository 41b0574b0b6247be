import Functional

struct Speed {
    func print() throws {}
}
