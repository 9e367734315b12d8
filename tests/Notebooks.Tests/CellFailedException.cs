namespace SimServe.Notebooks.Tests;

/// <summary>A cell that does not compile or throws.</summary>
public sealed class CellFailedException : Exception
{
    internal CellFailedException(CodeCell cell, Exception cause)
        : base($"Code cell {cell.Number} failed: {cause.GetType().Name}: {cause.Message}\nThe cell is:\n{cell.Source}", cause)
    {
    }
}
