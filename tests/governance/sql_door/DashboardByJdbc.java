// What a dashboard written in Java does at the SQL door: a line of output for each thing that it found. Run by `java -cp DRIVER THIS URL`.
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.util.PSQLException;

public class DashboardByJdbc {
    static final String VIEW = "lead_time_for_changes__team";
    static final String QUERY = "SELECT period, value FROM governed." + VIEW + " WHERE cohort = ? ORDER BY period";

    public static void main(String[] given) throws Exception {
        Properties says = new Properties();
        says.put("user", "manager");
        says.put("password", System.getenv("CHARTER_TOKEN"));
        says.put("options", "-c charter.decision=retrospective");
        try (Connection door = DriverManager.getConnection(given[0], says)) {
            inspect(door.getMetaData());
            askAgainAndAgain(door);
            fetchInParts(door);
            showRefusal(door);
        }
    }

    static void inspect(DatabaseMetaData told) throws SQLException {
        list("schema", told.getSchemas(), 1);
        list("view", told.getTables(null, "governed", "%", new String[] {"VIEW"}), 3);
        list("column", told.getColumns(null, "governed", VIEW, "%"), 4);
        list("key", told.getPrimaryKeys(null, "governed", VIEW), 4);
        list("reference", told.getImportedKeys(null, "governed", VIEW), 3);
        list("type", told.getTypeInfo(), 1);
        System.out.println("product " + told.getDatabaseProductName());
    }

    static void list(String what, ResultSet found, int column) throws SQLException {
        while (found.next()) {
            System.out.println(what + " " + found.getString(column));
        }
    }

    // From the fifth time on the driver names the statement, and asks for binary values.
    static void askAgainAndAgain(Connection door) throws SQLException {
        try (PreparedStatement asked = door.prepareStatement(QUERY)) {
            for (int time = 0; time < 7; time++) {
                asked.setString(1, "team:payments");
                ResultSet rows = asked.executeQuery();
                rows.next();
                System.out.println("value " + rows.getString(1) + " " + rows.getDouble(2));
            }
            System.out.println("notice " + asked.getWarnings().getMessage());
        }
    }

    static void fetchInParts(Connection door) throws SQLException {
        door.setAutoCommit(false);
        try (PreparedStatement asked = door.prepareStatement(QUERY)) {
            asked.setFetchSize(1);
            asked.setString(1, "team:payments");
            list("part", asked.executeQuery(), 1);
        }
        door.commit();
        door.setAutoCommit(true);
    }

    static void showRefusal(Connection door) throws SQLException {
        try (Statement asked = door.createStatement()) {
            asked.executeQuery("SELECT * FROM governed." + VIEW + " WHERE cohort = 'team:search'");
        } catch (PSQLException refused) {
            System.out.println("state " + refused.getSQLState());
            System.out.println("detail " + refused.getServerErrorMessage().getDetail().replace('\n', ' '));
            System.out.println("hint " + refused.getServerErrorMessage().getHint());
        }
    }
}
