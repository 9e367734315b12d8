using System.Text.Json;
using SimServe.Slimming.Selection;

namespace SimServe.Slimming.Plans;

/// <summary>Reads plans and checks all of them.</summary>
internal static class PlanReader
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static SlimPlan Read(string path, string text, ISlimTarget? target)
    {
        var faults = new List<string>();
        using var document = Parse(path, text);
        var fields = new PlanFields(document.RootElement, string.Empty, faults);
        ThrowIfAnotherVersion(path, fields);
        var plan = ReadPlan(fields, faults);
        PlanChecks.Check(plan, faults);
        if (target is not null && plan.Groups.Count > 0)
        {
            PlanChecks.Check(plan, target, faults);
        }

        return faults.Count == 0 ? plan : throw new SlimmingException(path, faults);
    }

    private static JsonDocument Parse(string path, string text)
    {
        try
        {
            return JsonDocument.Parse(text, Lenient);
        }
        catch (JsonException fault)
        {
            throw new SlimmingException(path, $"it is not JSON: {fault.Message}");
        }
    }

    // Nothing else of another version's file can be judged.
    private static void ThrowIfAnotherVersion(string path, PlanFields fields)
    {
        if (fields.IsObject && fields.Whole("schema", long.MinValue) is var schema and not SlimPlan.CurrentSchema && schema != long.MinValue)
        {
            throw new SlimmingException(path, $"schema is {schema}; this version reads {SlimPlan.CurrentSchema}. Make the plan again.");
        }
    }

    private static SlimPlan ReadPlan(PlanFields fields, List<string> faults)
    {
        var plan = new SlimPlan
        {
            Model = ReadModel(fields.Section("model")),
            EnergySource = fields.Choice<EnergySource>("energySource"),
            Strategy = ReadStrategy(fields.Section("strategy")),
            Selection = ReadSelection(fields),
            Seed = fields.Whole("seed", long.MinValue),
            Before = ReadTotals(fields.Section("before")),
            After = ReadTotals(fields.Section("after")),
            Groups = [.. fields.Sections("groups").Select(ReadGroup)],
        };
        if (fields.IsObject)
        {
            fields.Close();
        }

        return plan;
    }

    private static PlanModel ReadModel(PlanFields fields)
    {
        var model = new PlanModel(fields.Text("name"), fields.Text("identity"));
        fields.Close();
        return model;
    }

    private static string ReadSelection(PlanFields fields)
    {
        var name = fields.Text("selection");
        if (name.Length > 0 && !SelectionCatalogue.Names.Contains(name))
        {
            fields.Note("selection", $"\"{name}\"", $"one of {string.Join(", ", SelectionCatalogue.Names)}");
        }

        return name;
    }

    private static StrategyDescription ReadStrategy(PlanFields fields)
    {
        var strategy = new StrategyDescription(
            fields.Text("name"),
            fields.Numbers("parameters"),
            fields.Has("seed") ? fields.Whole("seed", long.MinValue) : null,
            fields.Has("inner") ? ReadStrategy(fields.Section("inner")) : null);
        fields.Close();
        return strategy;
    }

    private static PlanTotals ReadTotals(PlanFields fields)
    {
        var totals = new PlanTotals(fields.Whole("parameters"), fields.Whole("macs"), fields.Has("seconds") ? fields.Number("seconds", 0, double.MaxValue) : null);
        fields.Close();
        return totals;
    }

    private static PlannedGroup ReadGroup(PlanFields fields)
    {
        var group = new PlannedGroup
        {
            Name = fields.Text("name"),
            Kind = fields.Choice<UnitKind>("kind"),
            UnitsBefore = (int)fields.Whole("unitsBefore", 1, int.MaxValue),
            UnitsAfter = (int)fields.Whole("unitsAfter", 1, int.MaxValue),
            Multiple = (int)fields.Whole("multiple", 1, int.MaxValue),
            Minimum = (int)fields.Whole("minimum", 1, int.MaxValue),
            IsProtected = fields.Flag("isProtected"),
            KeptVariance = fields.Number("keptVariance", 0, 1),
            NullUnits = (int)fields.Whole("nullUnits", 1, int.MaxValue),
            ParametersBefore = fields.Whole("parametersBefore"),
            ParametersAfter = fields.Whole("parametersAfter"),
            MacsBefore = fields.Whole("macsBefore"),
            MacsAfter = fields.Whole("macsAfter"),
            Tied = fields.Texts("tied"),
        };
        fields.Close();
        return group;
    }
}
