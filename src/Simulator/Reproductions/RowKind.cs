namespace SimServe.Simulator.Reproductions;

/// <summary>What kind of answer a row of a reproduction is.</summary>
public enum RowKind
{
    /// <summary>Computed or measured here, and held against the paper's number.</summary>
    Reproduced,

    /// <summary>Cannot be had here: it stands in the table with the reason.</summary>
    Reported,

    /// <summary>Ours alone: beyond the paper, or of another model or machine, and held against nothing.</summary>
    Own,
}
