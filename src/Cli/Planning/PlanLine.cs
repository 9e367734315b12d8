namespace SimServe.Cli.Planning;

/// <summary>Something that a plan says.</summary>
/// <param name="Label">Of what, at most 11 characters.</param>
/// <param name="Text">In words.</param>
internal readonly record struct PlanLine(string Label, string Text)
{
    public override string ToString() => $"{Label,-12}{Text}";
}
