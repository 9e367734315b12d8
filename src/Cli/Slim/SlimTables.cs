using System.Globalization;
using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Training;
using SimServe.Slimming.Plans;
using Spectre.Console;

namespace SimServe.Cli.Slim;

/// <summary>What <c>slim</c> prints.</summary>
internal static class SlimTables
{
    public static void Print(Terminal terminal, SlimPlan plan, bool asJson)
    {
        if (asJson)
        {
            terminal.Say(plan.ToJson().TrimEnd());
            return;
        }

        var table = new Table { Border = TableBorder.Rounded }.AddColumns("part", "kind");
        foreach (var column in new[] { "units", "kept", "share", "variance kept", "untrained keeps", "parameters" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var group in plan.Groups)
        {
            table.AddRow(
                Markup.Escape(group.Name), group.Kind.ToString(), Whole(group.UnitsBefore), Whole(group.UnitsAfter), Percent((double)group.UnitsAfter / group.UnitsBefore), Percent(group.KeptVariance),
                Percent((double)group.NullUnits / group.UnitsBefore), $"{Whole(group.ParametersBefore)} -> {Whole(group.ParametersAfter)}");
        }

        terminal.Output.Write(table);
        terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Model.Name}: {plan.Before.Parameters / 1e6:0.000} -> {plan.After.Parameters / 1e6:0.000} M parameters ({Percent((double)plan.After.Parameters / plan.Before.Parameters)}), {plan.Before.Macs / 1e9:0.000} -> {plan.After.Macs / 1e9:0.000} GMAC a step ({Percent((double)plan.After.Macs / plan.Before.Macs)})"));
        terminal.Say("share is of units; untrained keeps: the share of units in which a layer of these sizes with random weights has as much of its variance. Only what a layer keeps less than that is learned");
    }

    public static void Print(Terminal terminal, RecoveryResult result) => terminal.Say(string.Create(
        CultureInfo.InvariantCulture,
        $"recovery    validation loss {result.Before:0.0000} when cut, {result.After:0.0000} after {result.Points[^1].Step} steps{(double.IsNaN(result.Teacher) ? "" : $"; the model it was cut from {result.Teacher:0.0000}")}"));

    private static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("0.0%", CultureInfo.InvariantCulture);
}
