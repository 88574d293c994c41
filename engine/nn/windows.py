"""Where the windows of a convolution or a pooling lie along one axis."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows along one axis.

    Cell j of window o lies at position `o * stride + j * dilation - before` of the axis; it may
    fall outside the axis, where there are only zeros (padding) or nothing (a partial window).

    Attributes
    ----------
    length : int
        Positions on the axis.
    size, stride, dilation : int
        Cells of a window, distance of two windows, distance of two cells.
    before, after : int
        How far the first and the last window may reach outside.
    count : int
        How many windows there are.
    """

    length: int
    size: int
    stride: int
    dilation: int
    before: int
    after: int
    count: int

    @property
    def extent(self) -> int:
        """From a window's first cell to its last, both included."""
        return (self.size - 1) * self.dilation + 1

    @property
    def padded(self) -> int:
        """The axis with what is put before and after it."""
        return self.length + self.before + self.after

    def position(self, window: int, cell: int) -> int:
        """Return where a cell of a window lies; outside when under 0 or from `length` on."""
        return window * self.stride + cell * self.dilation - self.before

    def inside(self, cell: int) -> tuple[slice, slice]:
        """Return the windows whose cell number `cell` lies on the axis, and where it lies there.

        Returns
        -------
        windows : slice
            Of the windows.
        positions : slice
            Of the axis: one position for each of these windows, `stride` apart.
        """
        offset = self.position(0, cell)
        first = max(0, -(offset // self.stride))
        last = min(self.count - 1, (self.length - 1 - offset) // self.stride)
        if last < first:
            return slice(0, 0), slice(0, 0)
        start = first * self.stride + offset
        stop = last * self.stride + offset + 1
        return slice(first, last + 1), slice(start, stop, self.stride)

    def cells(self, window: int) -> tuple[slice, slice]:
        """Return a window's cells that lie on the axis, and where they lie there.

        Returns
        -------
        cells : slice
            Of the window; empty if all of it lies outside.
        positions : slice
            Of the axis: one position for each of these cells, `dilation` apart.
        """
        offset = self.position(window, 0)
        first = max(0, -(offset // self.dilation))
        last = min(self.size - 1, (self.length - 1 - offset) // self.dilation)
        if last < first:
            return slice(0, 0), slice(0, 0, self.dilation)
        start = offset + first * self.dilation
        stop = offset + last * self.dilation + 1
        return slice(first, last + 1), slice(start, stop, self.dilation)

    def covering(self, position: int) -> list[tuple[int, int]]:
        """Return the windows that cover a position, each with its cell there."""
        found = []
        for cell in range(self.size):
            window, between = divmod(position + self.before - cell * self.dilation, self.stride)
            if not between and 0 <= window < self.count:
                found.append((window, cell))
        return found[::-1]


def convolution_windows(
    length: int, size: int, stride: int, dilation: int, padding: str | int
) -> Windows:
    """Return the windows of a convolution; `count` is under 1 if the axis is too short.

    `padding` is a number of zeros at each end, `"none"`, or `"same"`: as many as it takes to have
    ⌈length / stride⌉ windows, the odd one at the end.
    """
    extent = (size - 1) * dilation + 1
    if padding == "same":
        total = max((-(-length // stride) - 1) * stride + extent - length, 0)
        before, after = total // 2, total - total // 2
    else:
        before = after = 0 if padding == "none" else int(padding)
    count = (length + before + after - extent) // stride + 1
    return Windows(length, size, stride, dilation, before, after, count)


def pooling_windows(length: int, size: int, stride: int, partial: bool) -> Windows:
    """Return the windows of a pooling; `count` is under 1 if the axis is too short.

    With `partial`, windows that reach over the end are kept, as long as they begin on the axis.
    """
    if not partial:
        count = (length - size) // stride + 1
        return Windows(length, size, stride, 1, 0, 0, count)
    count = -(-max(length - size, 0) // stride) + 1
    if (count - 1) * stride >= length:
        count -= 1
    after = max((count - 1) * stride + size - length, 0)
    return Windows(length, size, stride, 1, 0, after, count)
