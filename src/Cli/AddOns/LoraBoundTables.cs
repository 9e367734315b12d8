using System.Globalization;
using SimServe.Cli.Terminals;
using SimServe.Policies.AddOns;
using Spectre.Console;

namespace SimServe.Cli.AddOns;

/// <summary>A LoRA's bound as a table, and in words.</summary>
internal static class LoraBoundTables
{
    private static readonly string[] Columns = ["steps", "latents with and without, mean", "least", "late by so many: SSIM, mean", "least", "final latents, mean"];

    public static void Print(Terminal terminal, LoraBound bound)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in Columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned());
        }

        var late = bound.Late.ToDictionary(static one => one.Steps);
        for (var step = 0; step <= bound.Steps; step++)
        {
            var similarity = step == 0 ? Likeness.Same : bound.Similarity[step - 1].Latents;
            string[] images = late.TryGetValue(step, out var one) ? [Show(one.Image.Mean), Show(one.Image.Least), Show(one.Latents.Mean)] : ["-", "-", "-"];
            table.AddRow([step.ToString(CultureInfo.InvariantCulture), Show(similarity.Mean), Show(similarity.Least), .. images]);
        }

        terminal.Output.Write(table);
        terminal.Say(FormattableString.Invariant($"{bound.Model}, {LoraBoundPlot.Names(bound)}: {bound.Prompts.Count * bound.Seeds} images of {bound.Steps} steps"));
        terminal.Say(FormattableString.Invariant($"bound by similarity of latents (mean of {bound.Threshold} or more): {bound.BySimilarity} steps without the LoRA"));
        terminal.Say(FormattableString.Invariant($"bound by the image (mean SSIM of {bound.MinSsim} or more): {bound.ByImage} steps without the LoRA"));
    }

    private static string Show(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
