using SimServe.Policies;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>A mask at every resolution of a model; made as they are asked for.</summary>
/// <param name="mask">The mask at the finest, with its shape known.</param>
internal sealed class MaskPyramid(EditMask mask)
{
    private readonly List<LevelMask> _levels =
        [new LevelMask(mask.Grid.Rows, mask.Grid.Columns, [.. Enumerable.Range(0, mask.Grid.Count).Select(mask.IsMasked)])];

    /// <summary>The mask it was made of.</summary>
    public EditMask Mask => mask;

    /// <summary>The finest.</summary>
    public LevelMask Finest => _levels[0];

    /// <summary>The level of a size.</summary>
    /// <exception cref="ArgumentException">No level has it.</exception>
    public LevelMask At(int rows, int columns)
    {
        for (var level = 0; ; level++)
        {
            var (at, isLast) = (Level(level), Level(level).Masked.Length + Level(level).Unmasked.Length == 1);
            if ((at.Rows, at.Columns) == (rows, columns))
            {
                return at;
            }

            if (isLast)
            {
                throw new ArgumentException($"A mask of {mask.Grid.Columns}x{mask.Grid.Rows} has no level of {columns}x{rows}.");
            }
        }
    }

    private LevelMask Level(int number)
    {
        lock (_levels)
        {
            while (_levels.Count <= number)
            {
                _levels.Add(_levels[^1].Halved());
            }

            return _levels[number];
        }
    }
}
