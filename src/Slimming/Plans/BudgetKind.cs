namespace SimServe.Slimming.Plans;

/// <summary>What a budget limits.</summary>
public enum BudgetKind
{
    /// <summary>Numbers that were learned.</summary>
    Parameters,

    /// <summary>Multiplications with an addition of a pass.</summary>
    Macs,

    /// <summary>Predicted seconds of a pass when served.</summary>
    Seconds,
}
